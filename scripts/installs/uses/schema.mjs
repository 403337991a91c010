import { deepEqual, equal, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  ConversationSerializer,
  mergeMessages,
  SchemaError,
  sampleConversation,
} from '@tgstore/schema';

const text = ConversationSerializer.serialize(sampleConversation());
const chat = ConversationSerializer.deserialize(text);
deepEqual(chat, sampleConversation());
const { messages, added } = mergeMessages(chat.messages, [{ id: 104, text: 'One more' }]);
deepEqual([messages.size, added], [4, ['104']]);
throws(
  () => ConversationSerializer.deserialize('{"metadata":{"id":1},"messages":{"7":{"date":"?"}}}'),
  (error) => error instanceof SchemaError && error.code === 'SCHEMA_INVALID',
);
const jsonSchema = import.meta.resolve('@tgstore/schema/conversation.schema.json');
equal(JSON.parse(readFileSync(fileURLToPath(jsonSchema), 'utf8')).type, 'object');
