/** Where the messages of a conversation are shown. */
export function conversationAddress(id: string): string {
  return `/c/${encodeURIComponent(id)}`;
}
