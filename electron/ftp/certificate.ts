/** A server's certificate in terms a person can decide about. */
import type { X509Certificate } from 'node:crypto'
import type { CertificateInfo } from '../../common/models.ts'

/** Describes a certificate that did not verify; `problem` is Node's verification error code. */
export function describeCertificate(
  certificate: X509Certificate,
  endpoint: { host: string; port: number },
  problem: string,
): CertificateInfo {
  return {
    host: endpoint.host,
    port: endpoint.port,
    reason: plainReason(problem, endpoint.host),
    names: alternativeNames(certificate.subjectAltName),
    ...certificateFacts(certificate),
  }
}

/** What a certificate says of itself: whose it is, who signed it, when it is valid (ms since the epoch). */
export function certificateFacts(
  certificate: X509Certificate,
): Pick<CertificateInfo, 'subject' | 'issuer' | 'validFrom' | 'validTo' | 'fingerprint'> {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  }
}

/** Names out of Node's text form, `DNS:a.example, IP Address:192.0.2.1`; odd names are JSON strings there. */
export function alternativeNames(text: string | undefined): string[] {
  const names: string[] = []
  for (const match of (text ?? '').matchAll(/(?:^|, )[A-Za-z ]+:("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    const value = match[1] ?? ''
    names.push(value.startsWith('"') ? unquote(value) : value)
  }
  return names
}

function unquote(value: string): string {
  try {
    return String(JSON.parse(value))
  } catch {
    return value
  }
}

function oneLine(distinguishedName: string | undefined): string {
  return (distinguishedName ?? '').split('\n').join(', ')
}

function plainReason(problem: string, host: string): string {
  switch (problem) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'The certificate is self-signed: nobody but the server vouches for it.'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'The certificate was issued by an authority that this computer does not know.'
    case 'CERT_HAS_EXPIRED':
      return 'The certificate has expired.'
    case 'CERT_NOT_YET_VALID':
      return 'The certificate is not valid yet; or the clock of this computer is wrong.'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `The certificate is not for ${host}: it bears other names.`
    case 'CERT_REVOKED':
      return 'The certificate was revoked by its issuer.'
    default:
      return `The certificate could not be verified (${problem}).`
  }
}
