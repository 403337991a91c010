/** The text of bytes; a byte order mark stays. @throws TypeError for what is no UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** What some editors put first, a character for each byte. */
export const BYTE_ORDER_MARK = '\xef\xbb\xbf';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
