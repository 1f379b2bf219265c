import { Fragment } from 'react'

/** Digits in pairs, with a colon between them: lines break between pairs, never within one. */
export function Fingerprint({ text }: { text: string }) {
  return text.split(/(?<=:)/).map((pair, index) => (
    <Fragment key={index}>
      {pair}
      <wbr />
    </Fragment>
  ))
}
