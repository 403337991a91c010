import { views } from './views.ts';

export interface Shortcut {
  /** Each is a way; keys of one way follow each other. */
  readonly keys: readonly (readonly string[])[];
  readonly does: string;
}

/** What the help dialog lists; the keys themselves are where they act. */
export const shortcuts: readonly { readonly title: string; readonly list: readonly Shortcut[] }[] =
  [
    {
      title: 'Everywhere',
      list: [
        { keys: [['/']], does: 'Filter the list, or search' },
        { keys: [['p']], does: 'Private mode: blur names and texts' },
        { keys: [['t']], does: 'Colours: system, light, dark' },
        { keys: [['?']], does: 'This help' },
        { keys: [['Esc']], does: 'Close, or go back' },
      ],
    },
    {
      title: 'Go to',
      list: views.map(({ key, label }, index) => ({
        keys: [['g', key], [String(index + 1)]],
        does: label,
      })),
    },
    {
      title: 'Chats',
      list: [
        { keys: [['j'], ['↓']], does: 'Next conversation, or message' },
        { keys: [['k'], ['↑']], does: 'The one before' },
        { keys: [['Enter']], does: 'Open the conversation; the menu of a message' },
        { keys: [['Home'], ['End']], does: 'The first or last of the list' },
      ],
    },
    {
      title: 'Messages',
      list: [
        { keys: [['f']], does: 'Search in this conversation' },
        { keys: [['d']], does: 'Jump to a date' },
        { keys: [['i']], does: 'Details of the conversation' },
        { keys: [['G']], does: 'The latest message' },
        { keys: [['b']], does: 'Back to where a reply was followed' },
      ],
    },
  ];
