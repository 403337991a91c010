import type { SearchQuery } from '../../api/index.ts';

/** What the form asks for: dates are days, and all that is empty does not matter. */
export interface SearchForm {
  readonly query: string;
  readonly conversation: string;
  readonly isRegex: boolean;
  readonly sender: string;
  /** `2025-01-31`, the first and the last day that are wanted */
  readonly from: string;
  readonly to: string;
}

export function formOfAddress(search: string): SearchForm {
  const params = new URLSearchParams(search);
  const get = (name: string) => params.get(name) ?? '';
  return {
    query: get('q'),
    conversation: get('conversation'),
    isRegex: get('regex') === '1',
    sender: get('sender'),
    from: get('from'),
    to: get('to'),
  };
}

export function addressOfForm(form: SearchForm): string {
  return `/search${queryString({
    q: form.query,
    conversation: form.conversation,
    regex: form.isRegex ? '1' : '',
    sender: form.sender.trim(),
    from: form.from,
    to: form.to,
  })}`;
}

/** What the server is asked for. Days are those of the clock here, to the end of the last. */
export function requestOfForm(form: SearchForm): string {
  const query: Record<keyof SearchQuery, string> = {
    query: form.query,
    conversation: form.conversation,
    regex: form.isRegex ? '1' : '',
    sender: form.sender.trim(),
    from: instant(form.from, 'T00:00:00.000'),
    to: instant(form.to, 'T23:59:59.999'),
  };
  return `/api/search${queryString(query)}`;
}

function instant(day: string, time: string): string {
  const date = new Date(day + time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function queryString(values: Readonly<Record<string, string>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) params.set(name, value);
  const text = params.toString();
  return text && `?${text}`;
}
