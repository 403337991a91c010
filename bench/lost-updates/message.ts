/** What is appended. */
export interface Message {
  readonly id: number;
  readonly text: string;
  readonly date: string;
}

/** What the other libraries keep: one conversation in one JSON file. */
export interface Chat {
  readonly messages: Message[];
}
