import { countedMessages, money, namesOf, starsOf, whole } from './amounts.ts';
import {
  counted,
  digitsOf,
  joinedText,
  listOf,
  type Raw,
  spokenDuration,
  textOf,
} from './values.ts';

/** An action of a service message in words. Of those that we do not know, its name: `Mira: new action`. */
export function describeAction(action: string, actor: string | undefined, raw: Raw): string {
  const describe = ACTIONS.get(action);
  if (describe) return describe(actor ?? 'Somebody', raw);
  const words = action.replaceAll('_', ' ');
  return actor === undefined ? words : `${actor}: ${words}`;
}

/** In words, with what the message says of it. */
type Describe = (who: string, raw: Raw) => string;

const GROUPS: readonly (readonly [string, Describe])[] = [
  ['create_group', (who, raw) => `${who} created the group${titled(raw.title)}${withMembers(raw)}`],
  ['edit_group_title', (who, raw) => `${who} changed the name of the group${to(raw.title)}`],
  ['edit_group_photo', (who) => `${who} changed the photo of the group`],
  ['delete_group_photo', (who) => `${who} removed the photo of the group`],
  ['suggest_profile_photo', (who) => `${who} suggested a profile photo`],
  ['invite_members', (who, raw) => `${who} invited ${namesOf(raw.members)}`],
  ['remove_members', (who, raw) => `${who} removed ${namesOf(raw.members)}`],
  [
    'invite_to_group_call',
    (who, raw) => `${who} invited ${namesOf(raw.members)} to the group call`,
  ],
  ['join_group_by_link', (who, raw) => `${who} joined by the link${of(raw.inviter)}`],
  ['join_group_by_request', (who) => `${who} joined after a request`],
  ['join_group_via_community', (who) => `${who} joined by a community`],
  ['create_channel', (who, raw) => `${who} created the channel${titled(raw.title)}`],
  ['migrate_to_supergroup', () => 'The group became a supergroup'],
  ['migrate_from_group', (_who, raw) => `The group${titled(raw.title)} became this supergroup`],
  ['topic_created', (who, raw) => `${who} created the topic${titled(raw.title)}`],
  ['topic_edit', describeTopicEdit],
  ['boost_apply', (who, raw) => `${who} boosted the group${times(raw.boosts)}`],
  ['new_creator_pending', (who, raw) => `${who} is handing the group over${to(raw.new_creator)}`],
  ['change_creator', (who, raw) => `${who} handed the group over${to(raw.new_creator)}`],
  ['managed_bot_created', (who, raw) => `${who} created the bot${titled(raw.bot)}`],
];

const CHAT: readonly (readonly [string, Describe])[] = [
  ['pin_message', (who) => `${who} pinned a message`],
  ['clear_history', (who) => `${who} cleared the history`],
  ['take_screenshot', (who) => `${who} took a screenshot`],
  ['joined_telegram', (who) => `${who} joined Telegram`],
  ['requested_phone_number', (who) => `${who} asked for a phone number`],
  ['requested_peer', (who) => `${who} shared a chat with the bot`],
  ['set_messages_ttl', describeTimeToLive],
  ['edit_chat_theme', describeTheme],
  ['set_chat_wallpaper', (who) => `${who} changed the background of the chat`],
  ['set_same_chat_wallpaper', (who) => `${who} set the same background`],
  ['suggest_birthday', describeBirthday],
  [
    'no_forwards_toggle',
    (who, raw) => `${who} ${raw.new_value ? 'forbade' : 'allowed'} forwarding`,
  ],
  ['no_forwards_request', (who) => `${who} asked to allow forwarding`],
  ['proximity_reached', describeProximity],
  ['score_in_game', (who, raw) => `${who} scored ${whole(raw.score)} in the game`],
  ['todo_completions', describeCompletions],
  ['todo_append_tasks', (who, raw) => `${who} added ${quoted(raw.items)} to the list`],
  ['poll_append_answer', (who, raw) => `${who} added ${optionOf(raw)} to the poll`],
  ['poll_delete_answer', (who, raw) => `${who} removed ${optionOf(raw)} from the poll`],
];

const CALLS: readonly (readonly [string, Describe])[] = [
  ['phone_call', describeCall],
  ['conference_call', describeConference],
  [
    'group_call',
    (who, raw) => `${who} ${lasting('had a group call', 'started a group call', raw.duration)}`,
  ],
  ['group_call_scheduled', describeScheduledCall],
];

const BOTS: readonly (readonly [string, Describe])[] = [
  ['allow_sending_messages', describePermission],
  ['attach_menu_bot_allowed', () => 'The bot was added to the attachment menu'],
  ['web_app_bot_allowed', () => 'The bot was allowed to send messages by its web app'],
  ['send_webview_data', () => 'Data was sent to the bot by a button'],
  ['send_passport_values', (_who, raw) => `Personal data was sent to the bot${listed(raw.values)}`],
];

const PAYMENTS: readonly (readonly [string, Describe])[] = [
  ['send_payment', (_who, raw) => `${money(raw) ?? 'An amount'} was paid`],
  [
    'refunded_payment',
    (_who, raw) => `${money(raw) ?? 'An amount'} was refunded${by(raw.peer_name)}`,
  ],
  [
    'paid_messages_refund',
    (who, raw) =>
      `${who} refunded ${starsOf(raw.stars_count)} for ${countedMessages(raw.messages_count)}`,
  ],
  ['paid_messages_price_change', describeMessagePrice],
  ['send_premium_gift', (who, raw) => `${who} gave Telegram Premium${paid(raw.cost)}`],
  [
    'gift_code_prize',
    (_who, raw) => `A gift code for Telegram Premium${raw.via_giveaway ? ' was won' : ''}`,
  ],
  ['giveaway_launch', () => 'A giveaway began'],
  [
    'giveaway_results',
    (_who, raw) => `The giveaway ended: ${counted(raw.winners, 'winner') ?? 'winners were drawn'}`,
  ],
  [
    'send_stars_gift',
    (who, raw) => `${who} gave ${starsOf(raw.amount_whole ?? raw.stars)}${paid(raw.cost)}`,
  ],
  ['send_ton_gift', (who, raw) => `${who} gave ${whole(raw.amount_whole)} TON${paid(raw.cost)}`],
  ['stars_prize', (who, raw) => `${who} won ${starsOf(raw.stars)}${of(raw.boost_peer_name)}`],
  ['send_star_gift', describeStarGift],
  ['process_suggested_post', describeSuggestedPost],
  ['suggested_post_success', (_who, raw) => `The suggested post was paid${amountOf(raw)}`],
  [
    'suggested_post_refund',
    (_who, raw) =>
      `The suggested post was refunded${raw.user_initiated ? ' by who had suggested it' : ''}`,
  ],
];

function describeTopicEdit(who: string, { new_title, new_icon_emoji_id }: Raw): string {
  if (textOf(new_title)) return `${who} changed the name of the topic${to(new_title)}`;
  return new_icon_emoji_id === undefined
    ? `${who} changed the topic`
    : `${who} changed the icon of the topic`;
}

function describeTimeToLive(who: string, { period }: Raw): string {
  if (!period) return `${who} turned off the deletion of messages`;
  return `${who} set messages to be deleted after ${spokenDuration(period) ?? 'some time'}`;
}

function describeTheme(who: string, { emoticon }: Raw): string {
  const theme = textOf(emoticon);
  return theme === undefined
    ? `${who} removed the theme of the chat`
    : `${who} changed the theme of the chat to ${theme}`;
}

function describeBirthday(who: string, { day, month, year }: Raw): string {
  const parts = [year, month, day].map(digitsOf).filter((part) => part !== undefined);
  return `${who} suggested a birthday: ${parts.map((part) => part.padStart(2, '0')).join('-')}`;
}

function describeProximity(_who: string, raw: Raw): string {
  const [from, to] = [raw.from, raw.to].map((name) => textOf(name) ?? 'Somebody');
  const distance = digitsOf(raw.distance);
  return `${from} came ${distance === undefined ? 'near' : `within ${distance} m of`} ${to}`;
}

function describeCompletions(who: string, { completed, incompleted }: Raw): string {
  const parts = [
    [counted(listOf(completed).length, 'task'), 'done'],
    [counted(listOf(incompleted).length, 'task'), 'not done'],
  ] as const;
  const said = parts.filter(([text]) => !text?.startsWith('0 '));
  return `${who} marked ${said.map(([text, as]) => `${text} as ${as}`).join(' and ') || 'tasks'}`;
}

function describeCall(who: string, { duration_seconds, discard_reason }: Raw): string {
  const reason = textOf(discard_reason);
  if (reason === 'missed') return `${who} called, and nobody answered`;
  if (reason === 'busy') return `${who} called, and was declined`;
  return `${who} ${lasting('had a call', 'called', duration_seconds)}`;
}

function describeConference(who: string, { duration_seconds, is_missed }: Raw): string {
  if (is_missed) return `${who} called to a conference, and nobody answered`;
  return `${who} ${lasting('had a conference call', 'called to a conference', duration_seconds)}`;
}

function describeScheduledCall(who: string, { schedule_date }: Raw): string {
  const seconds = typeof schedule_date === 'number' ? schedule_date : Number.NaN;
  const date = new Date(seconds * 1000);
  const when = Number.isNaN(date.getTime())
    ? ''
    : ` for ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${who} scheduled a group call${when}`;
}

function describePermission(_who: string, { reason_domain, reason_app_name }: Raw): string {
  const reason = textOf(reason_app_name) ?? textOf(reason_domain);
  return `The bot was allowed to send messages${reason === undefined ? '' : ` by ${reason}`}`;
}

function describeMessagePrice(who: string, { price_stars }: Raw): string {
  const isFree = digitsOf(price_stars) === '0';
  return isFree
    ? `${who} made messages free`
    : `${who} set the price of a message to ${starsOf(price_stars)}`;
}

function describeStarGift(who: string, { stars, is_anonymous, gift_text }: Raw): string {
  const words = joinedText(gift_text);
  const giver = is_anonymous ? `${who} (not shown)` : who;
  return `${giver} gave a gift for ${starsOf(stars)}${words === undefined ? '' : `: “${words}”`}`;
}

function describeSuggestedPost(who: string, raw: Raw): string {
  const comment = textOf(raw.comment);
  if (raw.rejected)
    return `${who} declined the suggested post${comment === undefined ? '' : `: ${comment}`}`;
  return `${who} accepted the suggested post${amountOf(raw)}`;
}

function amountOf({ price_amount_whole, price_currency }: Raw): string {
  const amount = digitsOf(price_amount_whole);
  return amount === undefined
    ? ''
    : `: ${[amount, textOf(price_currency)].filter(Boolean).join(' ')}`;
}

function withMembers({ members }: Raw): string {
  return listOf(members).length > 0 ? ` with ${namesOf(members)}` : '';
}

/** ` “Rowing club”` */
function titled(title: unknown): string {
  const text = joinedText(title);
  return text === undefined ? '' : ` “${text}”`;
}

function to(value: unknown): string {
  return textOf(value) === undefined ? '' : ` to${titled(value)}`;
}

function of(name: unknown): string {
  return textOf(name) === undefined ? '' : ` of ${textOf(name)}`;
}

function by(name: unknown): string {
  return textOf(name) === undefined ? '' : ` by ${textOf(name)}`;
}

function paid(cost: unknown): string {
  return digitsOf(cost) === undefined ? '' : ` (${digitsOf(cost)})`;
}

function times(count: unknown): string {
  const number = digitsOf(count);
  return number === undefined || number === '1' ? '' : ` ${number} times`;
}

function listed(values: unknown): string {
  const names = listOf(values).flatMap((value) => textOf(value)?.replaceAll('_', ' ') ?? []);
  return names.length > 0 ? `: ${names.join(', ')}` : '';
}

function quoted(items: unknown): string {
  const texts = listOf(items).flatMap(
    (item) => joinedText(item) ?? joinedText((item as Raw)?.text) ?? [],
  );
  return texts.length > 0 ? texts.map((text) => `“${text}”`).join(', ') : 'tasks';
}

function optionOf({ option }: Raw): string {
  return `an answer${titled(option)}`;
}

/** With how long it took; without, nobody took part. */
function lasting(withTime: string, without: string, seconds: unknown): string {
  const time = spokenDuration(seconds);
  return time === undefined ? without : `${withTime} of ${time}`;
}

const ACTIONS: ReadonlyMap<string, Describe> = new Map([
  ...GROUPS,
  ...CHAT,
  ...CALLS,
  ...BOTS,
  ...PAYMENTS,
]);
