import { toAscii } from './ascii.ts';

/** A stream for text; `columns` and `isTTY` as `process.stdout` has them. */
export interface Output {
  /** `false` asks to wait for `drain`. */
  write(text: string | Uint8Array): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A stream, and what whoever reads it can show. */
export interface Screen {
  write(text: string | Uint8Array): unknown;
  readonly once: ((event: 'drain', listener: () => void) => unknown) | undefined;
  readonly isTTY: boolean;
  /** Of the terminal; without one no line is too long: what a program reads is never cut. */
  readonly columns: number;
  readonly hasColor: boolean;
  /** Whether a line can be drawn over. */
  readonly hasCursor: boolean;
  /** Whether it is a terminal that shows nothing but ASCII; in a pipe text is always UTF-8. */
  readonly isAscii: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function openScreen(
  stream: Output,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Screen {
  const isTTY = stream.isTTY === true;
  const isAscii = isTTY && !showsUnicode(env, platform);
  return {
    write: (text) => stream.write(isAscii && typeof text === 'string' ? toAscii(text) : text),
    once: stream.once && ((event, listener) => stream.once?.(event, listener)),
    isTTY,
    get columns() {
      return isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    hasColor: wantsColor(env, isTTY, platform),
    hasCursor: isTTY && env.TERM !== 'dumb',
    isAscii,
  };
}

/** `FORCE_COLOR` decides, then `NO_COLOR`, then whether it is a terminal that knows colours. */
function wantsColor(
  { FORCE_COLOR, NO_COLOR, TERM }: Environment,
  isTTY: boolean,
  platform: NodeJS.Platform,
): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR) return false;
  return isTTY && TERM !== 'dumb' && (!!TERM || platform === 'win32');
}

/**
 * By the locale: `LC_ALL`, else `LC_CTYPE`, else `LANG`. Only what names another charset, or `C` or `POSIX`, speaks against UTF-8:
 * containers have no locale at all, and their terminals show UTF-8. Node writes UTF-16 to consoles of Windows.
 */
function showsUnicode({ LC_ALL, LC_CTYPE, LANG }: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return true;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  if (locale === 'C' || locale === 'POSIX') return false;
  const charset = /\.([^@]*)/.exec(locale)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
}
