import type { ShownEntity } from '../../api/index.ts';

const SAFE = /^(?:https?|mailto|tel|tg):/i;

/** Where a link of a text leads; `undefined` where that is nowhere a browser should go. */
export function linkTarget({ type, url }: ShownEntity, words: string): string | undefined {
  switch (type) {
    case 'text_link':
      return url !== undefined && SAFE.test(url) ? url : undefined;
    case 'link':
    case 'url':
      return webAddress(words);
    case 'email':
      return `mailto:${words}`;
    case 'phone':
    case 'phone_number':
      return `tel:${words.replace(/[^\d+]/g, '')}`;
    default:
      return undefined;
  }
}

function webAddress(words: string): string | undefined {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(words) ? words : `https://${words}`;
  return SAFE.test(address) && URL.canParse(address) ? address : undefined;
}
