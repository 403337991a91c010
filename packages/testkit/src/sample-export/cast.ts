import {
  arabic,
  chinese,
  english,
  german,
  hebrew,
  japanese,
  type Language,
  russian,
} from './languages.ts';
import { type Peer, peer } from './peers.ts';
import type { Random } from './random.ts';

/** Everybody and everything that occurs in an export. */
export interface Cast {
  /** Whose export it is. */
  readonly me: Peer;
  readonly friend: Peer;
  readonly russianFriend: Peer;
  readonly deleted: Peer;
  readonly bot: Peer;
  /** People with a short chat each. */
  readonly acquaintances: readonly Peer[];
  /** All who write in groups; the first ones write most. Some of them are deleted. */
  readonly members: readonly Peer[];
  readonly group: Peer;
  readonly supergroup: Peer;
  readonly channel: Peer;
  /** A channel of which the export holds no messages. */
  readonly emptyChannel: Peer;
  readonly leftSupergroup: Peer;
}

/** Invents the cast. The friend, the private group and the channel have the same number, which is legal. */
export function createCast(random: Random): Cast {
  const shared = random.int(1_000_000_000, 1_300_000_000);
  const users = names.map(([first, last, language], index) =>
    peer('user', userId(random, index), language, first, last),
  );
  const deleted = Array.from({ length: deletedAccounts }, (_, index) =>
    peer('user', userId(random, names.length + index), english, null),
  );
  const [me, russianFriend, bot, ...members] = users as [Peer, Peer, Peer, ...Peer[]];
  const channelId = (index: number) => 1_400_000_000 + index * 250_000_000 + random.int(0, 2e8);
  return {
    me,
    friend: peer('user', shared, german, 'Jette', 'Brandvold'),
    russianFriend,
    deleted: deleted[0] as Peer,
    bot,
    acquaintances: members.slice(8, 20),
    members: [...members.slice(0, 5), me, ...members.slice(5), ...deleted],
    group: peer('chat', shared, english, 'Moving house 📦'),
    supergroup: peer('channel', channelId(0), english, 'Rowing club "Blue Oar" 🚣'),
    channel: peer('channel', shared, english, 'Slow Kitchen | Медленная кухня'),
    emptyChannel: peer('channel', channelId(1), english, 'Backups \\ notes'),
    leftSupergroup: peer('channel', channelId(2), english, 'Typewriter repair'),
  };
}

/** One range for each user, so that no number occurs twice; the shared number lies between the ranges. */
function userId(random: Random, index: number): number {
  const [low, high] = index % 3 === 0 ? [1e8, 1e9] : [1.4e9, 7.5e9];
  const width = Math.floor((high - low) / (names.length + deletedAccounts));
  return low + index * width + random.int(0, width - 1);
}

const deletedAccounts = 3;

const names: readonly (readonly [first: string, last: string, language: Language])[] = [
  ['Mira', 'Tolland', english],
  ['Павел', 'Рощин', russian],
  ['Tea Time Bot', '', english],
  ['Tom', 'Ashgrove', english],
  ['Ida', 'Løvstad', english],
  ['Катя', 'Снегирёва', russian],
  ['Jonas', 'Weidenbach', german],
  ['阿梅', '', chinese],
  ['نور', 'الحداد', arabic],
  ['Q', '', english],
  ['Käthe "Kiki"', 'Öhlmann', german],
  ['שירה', 'לביא', hebrew],
  ['さくら', '森', japanese],
  ['Ben \\o/', 'Carrow', english],
  ['🦊 Fox', '🦊', english],
  ['Миша', '', russian],
  ['Aurélie', "d'Arcy-Noël", english],
  ['Lars-Erik', 'Sundquist', german],
  ['Zoë', 'Marchetti', english],
  ['小林', '', chinese],
  ['Nana', 'Owusu-Baah', english],
  ['Ömer', 'Yıldırak', german],
  ['Света', 'Полянская', russian],
  ['Rafał', 'Brzoza', english],
  ['Dev', 'Raghavan', english],
  ['يوسف', '', arabic],
  ['Pip', '', english],
];
