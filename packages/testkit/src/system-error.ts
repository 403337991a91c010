/** An error as `node:fs` throws it. */
export function systemError(code: string, syscall = 'injected'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall });
}
