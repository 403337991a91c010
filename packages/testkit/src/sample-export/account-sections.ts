import type { Cast } from './cast.ts';
import { ACCOUNT_START, EXPORTED_AT } from './chat.ts';
import { array, field, object, quote, textField } from './layout.ts';
import { fileTime } from './local-time.ts';
import { dateFields } from './message.ts';
import type { Peer } from './peers.ts';
import type { Random } from './random.ts';

/** The fields of the root object before the chats, in their order. */
export function accountSections(random: Random, cast: Cast): string[] {
  return [
    field(
      'about',
      quote('A sample: nobody in this export exists.\n\nIt was written by a program.'),
    ),
    field('personal_information', personalInformation(cast.me)),
    field('profile_pictures', array(1, profilePictures())),
    field('stories', array(1, [])),
    field('profile_music', array(1, [])),
    section('contacts', 'People in the address book.', contacts(random, cast)),
    section('frequent_contacts', 'People you write to often.', frequentContacts(random, cast)),
    section('sessions', 'Devices that are logged in.', sessions(random)),
    section('web_sessions', 'Websites where you logged in.', []),
  ];
}

/** A field with an introduction and a list: how sections and `chats` look. */
function section(key: string, about: string, items: readonly string[]): string {
  return field(key, object(1, [field('about', quote(about)), field('list', array(2, items))]));
}

function personalInformation(me: Peer): string {
  return object(1, [
    field('user_id', me.id),
    field('first_name', quote(me.firstName ?? '')),
    field('last_name', quote('Tolland')),
    field('phone_number', quote('+49 30 000000')),
    textField('username', '@mira_rows'),
    textField('bio', 'rowing, tea, "other things" 🚣'),
  ]);
}

function profilePictures(): string[] {
  const picture = (at: number, path: string) =>
    object(2, [...dateFields('date', at), textField('photo', path)]);
  return [
    picture(ACCOUNT_START, `profile_pictures/photo_1@${fileTime(ACCOUNT_START)}.jpg`),
    picture(1_650_000_000, '(Photo not included. Change data exporting settings to download.)'),
  ];
}

function contacts(random: Random, { acquaintances, friend, russianFriend }: Cast): string[] {
  const people = [friend, russianFriend, ...acquaintances].sort((a, b) =>
    // by code unit: a comparison by locale would depend on the machine
    sortKey(a) < sortKey(b) ? -1 : 1,
  );
  return [
    ...people.map((person) =>
      object(3, [
        field('first_name', quote(person.firstName ?? '')),
        field('last_name', quote(person.name?.slice((person.firstName?.length ?? 0) + 1) ?? '')),
        field('phone_number', quote(`+49 30 ${random.int(100_000, 999_999)}`)),
        ...dateFields('date', random.int(ACCOUNT_START, EXPORTED_AT)),
      ]),
    ),
  ];
}

function sortKey(person: Peer): string {
  return person.name?.toLowerCase() ?? '';
}

function frequentContacts(random: Random, cast: Cast): string[] {
  const entry = (peer: Peer, category: string, type: string) =>
    object(3, [
      field('id', peer.id),
      field('category', quote(category)),
      field('type', quote(type)),
      field('name', peer.nameJson),
      field('rating', (random.next() * 9).toFixed(6)),
    ]);
  return [
    entry(cast.friend, 'people', 'user'),
    entry(cast.supergroup, 'people', 'private_supergroup'),
    entry(cast.deleted, 'people', 'user'),
    entry(cast.bot, 'inline_bots', 'user'),
    entry(cast.russianFriend, 'calls', 'user'),
  ];
}

function sessions(random: Random): string[] {
  const session = (name: string | null, version: string, device: string) =>
    object(3, [
      ...dateFields('last_active', EXPORTED_AT - random.int(60, 900_000)),
      field('last_ip', quote(`192.0.2.${random.int(1, 254)}`)),
      field('last_country', quote('Germany')),
      field('last_region', quote('')),
      field('application_name', name === null ? 'null' : quote(name)),
      textField('application_version', version),
      field('device_model', quote(device)),
      field('platform', quote('')),
      field('system_version', quote('')),
      ...dateFields('created', random.int(ACCOUNT_START, EXPORTED_AT - 1_000_000)),
    ]);
  return [session('Telegram Desktop', '6.4', 'Laptop'), session(null, '', 'Phone "two"')];
}
