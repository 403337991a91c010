/**
 * The optional properties of a type that do not accept `undefined`; `never` where all do. Options are passed on as
 * `{ signal: maybe }`, which under `exactOptionalPropertyTypes` compiles only with `| undefined`.
 */
export type ExactOptionals<T> = {
  [K in keyof T]-?: IsOptional<T, K> extends true
    ? { [P in K]: undefined } extends Pick<T, K>
      ? never
      : K
    : never;
}[keyof T];

type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;
