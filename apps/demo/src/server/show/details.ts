import type { Message } from '@tgstore/core';
import type { Detail } from '../../api/index.ts';
import { money, starsOf } from './amounts.ts';
import {
  counted,
  digitsOf,
  isRaw,
  joinedText,
  listOf,
  type Raw,
  spokenDuration,
  textOf,
} from './values.ts';

/** What else a message has that has words. */
export function showDetails({ entities, raw_data }: Message): Detail[] {
  const raw = raw_data ?? {};
  return [
    ...person(raw),
    ...place(raw),
    ...poll(raw.poll),
    ...todoList(raw.todo_list),
    ...game(raw),
    ...invoice(raw.invoice_information),
    ...giveaway(raw),
    ...origin(raw),
    ...file(raw),
    ...customEmoji(entities),
    ...buttons(raw.inline_bot_buttons),
  ].slice(0, MOST_DETAILS);
}

/** A detail, if there is something to say. */
function detail(label: string, value: string | undefined): Detail[] {
  return value === undefined ? [] : [{ label, value }];
}

function person({ contact_information }: Raw): Detail[] {
  if (!isRaw(contact_information)) return [];
  const { first_name, last_name, phone_number } = contact_information;
  const name = [first_name, last_name].flatMap((part) => textOf(part) ?? []).join(' ');
  return [...detail('Contact', textOf(name)), ...detail('Phone', textOf(phone_number))];
}

function place({
  place_name,
  address,
  location_information,
  live_location_period_seconds,
}: Raw): Detail[] {
  const { latitude, longitude } = isRaw(location_information) ? location_information : {};
  const position = [latitude, longitude].flatMap((angle) => digitsOf(angle) ?? []).join(', ');
  return [
    ...detail('Place', textOf(place_name)),
    ...detail('Address', textOf(address)),
    ...detail('Position', textOf(position)),
    ...detail('Live for', spokenDuration(live_location_period_seconds)),
  ];
}

function poll(value: unknown): Detail[] {
  if (!isRaw(value)) return [];
  const { question, closed, total_voters, answers } = value;
  return [
    ...detail(closed ? 'Poll, closed' : 'Poll', joinedText(question)),
    ...listOf(answers).flatMap((answer) => {
      if (!isRaw(answer)) return [];
      const votes = [counted(answer.voters, 'vote'), answer.chosen ? 'chosen' : undefined];
      return detail(votes.filter(Boolean).join(', ') || 'Answer', joinedText(answer.text));
    }),
    ...detail('Voters', digitsOf(total_voters)),
  ];
}

function todoList(value: unknown): Detail[] {
  if (!isRaw(value)) return [];
  const tasks = listOf(value.answers).flatMap((task) =>
    isRaw(task) ? detail('Task', joinedText(task.text)) : [],
  );
  return [...detail('List', joinedText(value.title)), ...tasks];
}

function game({ game_title, game_description, game_link }: Raw): Detail[] {
  return [
    ...detail('Game', textOf(game_title)),
    ...detail('About', textOf(game_description)),
    ...detail('Link', textOf(game_link)),
  ];
}

function invoice(value: unknown): Detail[] {
  // where it is no JSON, it stays a text
  if (!isRaw(value)) return detail('Invoice', textOf(value));
  return [
    ...detail('Invoice', joinedText(value.title)),
    ...detail('About', joinedText(value.description)),
    ...detail('Price', money(value)),
  ];
}

function giveaway({ giveaway_information, giveaway_results, paid_stars_amount }: Raw): Detail[] {
  const details = detail(
    'Paid media',
    paid_stars_amount === undefined ? undefined : starsOf(paid_stars_amount),
  );
  for (const value of [giveaway_information, giveaway_results]) {
    if (!isRaw(value)) continue;
    details.push(
      ...detail('Prizes', digitsOf(value.quantity)),
      ...detail('Winners', digitsOf(value.winners_count)),
      ...detail('Not claimed', digitsOf(value.unclaimed_count)),
      ...detail('Months of Premium', value.months ? digitsOf(value.months) : undefined),
      ...detail('Stars', value.stars ? digitsOf(value.stars) : undefined),
      ...detail('Prize', textOf(value.additional_prize)),
      ...detail('Until', textOf(value.until_date)),
      ...detail(
        'Countries',
        textOf(
          listOf(value.countries)
            .flatMap((code) => textOf(code) ?? [])
            .join(', '),
        ),
      ),
    );
  }
  return details;
}

/** Where it comes from, beyond its sender. */
function origin({
  via_bot,
  author,
  signature,
  saved_from,
  reply_to_message_id,
  reply_to_peer_id,
}: Raw): Detail[] {
  const answered = [digitsOf(reply_to_message_id), digitsOf(reply_to_peer_id)].filter(Boolean);
  return [
    ...detail('Via', textOf(via_bot)),
    ...detail('Signed', textOf(author) ?? textOf(signature)),
    ...detail('Saved from', textOf(saved_from)),
    ...detail('Answers, in another chat', textOf(answered.join(' in '))),
  ];
}

function file({
  media_spoiler,
  self_destruct_period_seconds,
  photo,
  file: path,
  sticker_emoji,
  mime_type,
}: Raw): Detail[] {
  // Telegram Desktop says so in the place of a path: `(File not included. …)`
  const missing = [photo, path].map(textOf).find((text) => text?.startsWith('('));
  return [
    ...detail('Not in the export', missing?.slice(1, -1)),
    ...detail('Sticker', textOf(sticker_emoji)),
    ...detail('Format', textOf(mime_type)),
    ...detail('Hidden', media_spoiler === true ? 'until it is clicked' : undefined),
    ...detail('Deletes itself', spokenDuration(self_destruct_period_seconds)),
  ];
}

function customEmoji(entities: Message['entities']): Detail[] {
  const documents = (entities ?? []).flatMap(({ type, document_id }) =>
    type === 'custom_emoji' ? (digitsOf(document_id) ?? []) : [],
  );
  return [...new Set(documents)].map((value) => ({ label: 'Custom emoji', value }));
}

/** Rows of buttons below a message: what they say, and where links lead. */
function buttons(rows: unknown): Detail[] {
  return listOf(rows)
    .flatMap((row) => listOf(row))
    .flatMap((button) => {
      if (!isRaw(button)) return [];
      const text = textOf(button.text) ?? textOf(button.type);
      const isLink = button.type === 'url' || button.type === 'auth';
      const link = isLink ? textOf(button.data) : undefined;
      return detail('Button', [text, link].filter(Boolean).join(' → ') || undefined);
    });
}

/** No message of Telegram has more. */
const MOST_DETAILS = 200;
