import type { Chat } from './chat.ts';
import type { Language } from './languages.ts';
import { array, FIELD_DEPTH, field, object, quote, textField } from './layout.ts';
import type { Random } from './random.ts';
import { inventedName, sentence } from './sentences.ts';
import { plain, type TextPart, textValue } from './text-parts.ts';

/** A poll. Its texts are laid out one level too far to the left, as in the original. */
export function poll(
  random: Random,
  question: readonly TextPart[],
  answers: readonly (readonly TextPart[])[],
): string {
  const votes = answers.map(() => random.int(0, 40));
  const depth = FIELD_DEPTH + 2;
  const answerObjects = answers.map((answer, index) =>
    object(depth, [
      field('text', textValue(depth, answer)),
      field('voters', votes[index]),
      field('chosen', index === 1),
    ]),
  );
  return field(
    'poll',
    object(FIELD_DEPTH, [
      field('question', textValue(FIELD_DEPTH, question)),
      field('closed', random.chance(0.4)),
      field('total_voters', Math.max(...votes)),
      field('answers', array(FIELD_DEPTH + 1, answerObjects)),
    ]),
  );
}

/** A to-do list, laid out like a poll. */
export function todoList(
  title: readonly TextPart[],
  tasks: readonly (readonly TextPart[])[],
): string {
  return field(
    'todo_list',
    object(FIELD_DEPTH, [
      field('title', textValue(FIELD_DEPTH, title)),
      field('others_can_append', true),
      field('others_can_complete', false),
      field('answers', array(FIELD_DEPTH + 1, todoTasks(FIELD_DEPTH + 2, tasks, 1))),
    ]),
  );
}

/** The tasks of a to-do list, numbered from `firstId`. */
export function todoTasks(
  depth: number,
  tasks: readonly (readonly TextPart[])[],
  firstId: number,
): string[] {
  return tasks.map((task, index) =>
    object(depth, [field('text', textValue(depth, task)), field('id', firstId + index)]),
  );
}

/** Somebody's address card. */
export function contact(chat: Chat, lastName: string): string[] {
  const { random } = chat;
  const number = chat.countFile('contacts');
  return [
    field(
      'contact_information',
      object(FIELD_DEPTH, [
        field('first_name', quote(random.pick(['Plumber', 'Оля', 'Dr.']))),
        field('last_name', quote(lastName)),
        field('phone_number', quote(`+49 30 ${random.int(100_000, 999_999)}`)),
      ]),
    ),
    textField('contact_vcard', `${chat.folder}/contacts/contact_${number}.vcard`),
    field('contact_vcard_file_size', random.int(120, 900)),
  ];
}

/** A point on the map; one that is unknown is null. */
export function location(random: Random, known = true): string {
  if (!known) return field('location_information', 'null');
  return field(
    'location_information',
    object(FIELD_DEPTH, [
      field('latitude', (52 + random.next()).toFixed(6)),
      field('longitude', (-13 - random.next()).toFixed(6)),
    ]),
  );
}

/** A place with a name. */
export function venue(random: Random, language: Language): string[] {
  return [
    textField('place_name', `Café ${inventedName(random, language)}`),
    textField('address', `Lindenweg ${random.int(1, 99)}, Hinterhof`),
    location(random),
  ];
}

/** A bill. Its JSON stands inside a string. */
export function invoice(random: Random, language: Language, receiptId?: number): string {
  return textField(
    'invoice_information',
    object(FIELD_DEPTH, [
      field('title', quote(`Box of "${inventedName(random, language)}" tea`)),
      field('description', quote(`${sentence(random, language)}\nDelivery included.`)),
      field('amount', random.int(100, 9900)),
      field('currency', quote('EUR')),
      field('receipt_message_id', receiptId),
    ]),
  );
}

/** A game of a bot. */
export function game(random: Random, language: Language): string[] {
  return [
    textField('game_title', inventedName(random, language)),
    textField('game_description', sentence(random, language)),
    textField('game_link', 'https://t.me/tea_time_bot?game=kettles'),
  ];
}

/** A prize draw of channels. */
export function giveaway(channelIds: readonly number[], until: string): string {
  const depth = FIELD_DEPTH + 1;
  return field(
    'giveaway_information',
    object(FIELD_DEPTH, [
      field('quantity', 5),
      field('months', 3),
      field('until_date', quote(until)),
      field('channels', array(depth, channelIds.map(String))),
      field('countries', array(depth, [])),
      field('additional_prize', quote('')),
      field('stars', 0),
      field('is_only_new_subscribers', true),
    ]),
  );
}

/** A question about invented names. */
export function anyPoll(random: Random, language: Language): string {
  const answers = Array.from({ length: random.int(2, 6) }, () =>
    plain(inventedName(random, language)),
  );
  // only messages have their custom emoji downloaded, so this is a number and not a path
  const extra = field('document_id', quote('5368324170671202286'));
  const emoji = { type: 'custom_emoji', text: '🫠', extra };
  const question = [...plain(`${sentence(random, language)} `), emoji];
  return poll(random, question, [...answers, [...plain('none of them '), emoji]]);
}
