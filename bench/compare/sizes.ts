/** How large everything is. */
export interface Sizes {
  /** Messages of the conversations that are appended to. The largest is also read. */
  readonly append: readonly number[];
  /** Messages of the conversations that are appended to in two ways. */
  readonly place: readonly number[];
  /** Conversations that are saved and loaded, of a hundred messages. */
  readonly save: number;
  /** Files that are listed. */
  readonly list: number;
  /** Conversations whose metadata are read, that are processed, and counted by the command line; of ten messages. */
  readonly small: number;
  readonly importMegabytes: number;
  /** Conversations that are searched, of 2,800 messages: about a megabyte each. At least ten. */
  readonly search: number;
  readonly rounds: number;
}

export const sizes = {
  full: {
    append: [10_000, 100_000, 1_000_000],
    place: [1_000, 2_000, 4_000, 8_000, 16_000],
    save: 1_000,
    list: 100_000,
    small: 10_000,
    importMegabytes: 200,
    search: 1_000,
    rounds: 5,
  },
  moderate: {
    append: [10_000, 100_000],
    place: [2_000, 4_000, 8_000],
    save: 1_000,
    list: 10_000,
    small: 2_000,
    importMegabytes: 50,
    search: 100,
    rounds: 3,
  },
  quick: {
    append: [1_000, 5_000],
    place: [1_000],
    save: 50,
    list: 1_000,
    small: 100,
    importMegabytes: 2,
    search: 10,
    rounds: 1,
  },
} satisfies Record<string, Sizes>;
