import type { CheckEvent } from '../../api/index.ts';

export type Finding = Extract<CheckEvent, { type: 'problem' }>;

/** Errors first, each group as it came. */
export function bySeverity(findings: readonly Finding[]): {
  readonly errors: readonly Finding[];
  readonly notices: readonly Finding[];
} {
  return {
    errors: findings.filter(({ severity }) => severity === 'error'),
    notices: findings.filter(({ severity }) => severity === 'notice'),
  };
}

/** A part of a remedy: words, or a command to copy. */
export interface RemedyPart {
  readonly text: string;
  readonly isCommand: boolean;
}

/** Remedies name commands in the middle of their words: `run tgstore recover, which counts anew`. */
const COMMAND = /tgstore (?:check|migrate|recover|restore|unlock)|chmod \d{3} [^\s;]+/gu;

export function remedyParts(remedy: string): RemedyPart[] {
  const parts: RemedyPart[] = [];
  let at = 0;
  for (const { 0: text, index } of remedy.matchAll(COMMAND)) {
    parts.push({ text: remedy.slice(at, index), isCommand: false }, { text, isCommand: true });
    at = index + text.length;
  }
  parts.push({ text: remedy.slice(at), isCommand: false });
  return parts.filter(({ text }) => text !== '');
}
