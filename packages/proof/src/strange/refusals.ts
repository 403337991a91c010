/** What is wrong with an error that a strange store brings: it must have a code and say where. */
export function problemsOf(error: unknown, root: string): string[] {
  if (error instanceof AggregateError && !('code' in error)) {
    return error.errors.flatMap((one) => problemsOf(one, root));
  }
  const { code, path, message } = error as { code?: unknown; path?: unknown; message?: unknown };
  const problems: string[] = [];
  if (typeof code !== 'string' || !CODE.test(code)) {
    problems.push(`an error without a code: ${(error as Error)?.stack ?? String(error)}`);
  }
  if (!`${path} ${message}`.includes(root))
    problems.push(`an error that names no path: ${String(error)}`);
  return problems;
}

const CODE = /^(?:STORE|SCHEMA|FORMAT|BACKUP|LOCK|FS|E)(?:_[A-Z_]+|[A-Z]+)$/;
