/**
 * The rules that speak where no ClamAV is: a first line, not a replacement. As a string in code they need no file beside
 * the bundle.
 *
 * House rules for rules:
 * - a body is scanned in blocks that overlap by OVERLAP bytes, so no single pattern may be able to match more than that;
 * - a condition sees one block: bodies up to BLOCK bytes are one block, so web shells are seen whole; no `filesize`, no `at`;
 * - patterns must not match this very file, nor trip other scanners: the EICAR string is given in hex.
 */
import { createHash } from 'node:crypto'

export const BUILT_IN_RULES = String.raw`
rule EICAR_Test_File {
  meta: description = "The EICAR anti-malware test file"
  strings:
    $a = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 45 49 43 41 52 2D
           53 54 41 4E 44 41 52 44 2D 41 4E 54 49 56 49 52 55 53 2D 54 45 53 54 2D 46 49 4C 45 21 24 48 2B 48 2A }
  condition: $a
}

rule WebShell_PHP_Request_Executed {
  meta: description = "PHP that runs what a request brings"
  strings:
    $tag = "<?"
    $run = /\b(eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s{0,32}\(\s{0,32}@?((base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|stripslashes|trim)\s{0,32}\(\s{0,32}){0,4}\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)\b/ nocase
    $raw = /\b(eval|assert)\s{0,32}\(\s{0,32}@?file_get_contents\s{0,32}\(\s{0,32}["']php:\/\/input/ nocase
    $call = /\$_(GET|POST|REQUEST|COOKIE)\s{0,8}\[[^\]\r\n]{1,64}\]\s{0,8}\(\s{0,8}\$_(GET|POST|REQUEST|COOKIE)\b/
    $replace = /\bpreg_replace\s{0,32}\(\s{0,32}["'][^"'\r\n]{1,64}e["']\s{0,32},\s{0,32}\$_(GET|POST|REQUEST|COOKIE)\b/ nocase
    $tick = /\x60[^\x60\r\n]{0,64}\$_(GET|POST|REQUEST|COOKIE)\s{0,8}\[/
  condition: $tag and any of ($run, $raw, $call, $replace, $tick)
}

rule WebShell_PHP_Packed {
  meta: description = "PHP that unpacks itself in several layers and runs the result"
  strings:
    $tag = "<?"
    $run = /\b(eval|assert)\s{0,32}\(\s{0,32}(gzinflate|gzuncompress|gzdecode|str_rot13|strrev)\s{0,32}\(\s{0,32}((base64_decode|str_rot13|strrev|gzinflate|gzuncompress)\s{0,32}\(\s{0,32}){1,6}["'$]/ nocase
  condition: $tag and $run
}

rule WebShell_PHP_Known {
  meta: description = "Names that widespread PHP web shells give themselves"
  strings:
    $tag = "<?"
    $run = /\b(eval|assert|system|exec|shell_exec|passthru|popen|proc_open|create_function)\s{0,32}\(/ nocase
    $name = /\b(c99sh[a-z_]{1,16}|r57shell|b374k|FilesMan|WSOsetcookie|weevely)\b/
  condition: all of them
}

rule WebShell_ASP_Request_Executed {
  meta: description = "ASP that runs what a request brings"
  strings:
    $tag = "<%"
    $run = /\b(eval|execute|executeglobal)\s{0,32}\(?\s{0,32}request\s{0,8}(\.\s{0,8}(item|form|querystring|params)\s{0,8})?[(\[]/ nocase
  condition: $tag and $run
}

rule WebShell_JSP_Request_Executed {
  meta: description = "JSP that starts programs a request names"
  strings:
    $tag = "<%"
    $run = /getRuntime\s{0,16}\(\s{0,16}\)\s{0,16}\.\s{0,16}exec\s{0,16}\(\s{0,16}[^;]{0,128}request\s{0,8}\.\s{0,8}getParameter/
    $load = /defineClass\s{0,16}\([^;]{0,256}request\s{0,8}\.\s{0,8}get(Parameter|Reader|InputStream)/
  condition: $tag and any of ($run, $load)
}
`

/** Bytes per block: large enough for speed (a scan call costs milliseconds), small enough for a flat memory. */
export const BLOCK = 4 * 1024 * 1024
/** Bytes that a block repeats of the one before; longer than any pattern's match. */
export const OVERLAP = 4096

/** Names this state of the rules. */
export const BUILT_IN_VERSION = `built-in-${createHash('sha256').update(BUILT_IN_RULES).digest('hex').slice(0, 12)}`
