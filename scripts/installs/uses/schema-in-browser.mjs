import { deserializeConversation, mergeMessages, serializeConversation } from '@tgstore/schema';

const chat = deserializeConversation(
  '{"metadata":{"chatId":1},"messages":[{"id":9007199254740993,"date":"2023-11-15 14:30+02:00","text":"Hi"}]}',
);
chat.messages = mergeMessages(chat.messages, [{ id: 7, text: 'Earlier' }]).messages;
document.title = [...deserializeConversation(serializeConversation(chat)).messages.values()]
  .map(({ id, text, date }) => `${id} ${text} ${date}`)
  .join(' · ');
