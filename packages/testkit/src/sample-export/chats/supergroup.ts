import { anyPoll, contact, location, todoList, todoTasks, venue } from '../cards.ts';
import type { Chat, Stamp } from '../chat.ts';
import { everyEntity } from '../formatted-text.ts';
import { array, FIELD_DEPTH, field, textField } from '../layout.ts';
import { attachments, photo, placeholders } from '../media.ts';
import { membersField, message, service, unsupported } from '../message.ts';
import { hiddenPeer, type Peer } from '../peers.ts';
import { groupReactions, reactionsField } from '../reactions.ts';
import { emoji, inventedName, sentence, sentences } from '../sentences.ts';
import { anyMessage, type Habits, smallTalk } from '../small-talk.ts';
import { plain, textValue } from '../text-parts.ts';

/** The years in which the supergroup was a basic group. */
export function* formerGroup(chat: Chat): Generator<string> {
  const { me, members, deleted } = chat.cast;
  yield service(chat.next(), me, 'create_group', [
    textField('title', 'Rowers'),
    membersField([me, ...members.slice(0, 4), deleted]),
  ]);
  yield* smallTalk(chat, habits(chat));
  yield service(chat.next(), me, 'migrate_to_supergroup');
}

/** What happened in the supergroup: one of everything, then small talk without end. */
export function* supergroup(chat: Chat): Generator<string> {
  const { me } = chat.cast;
  yield service(chat.next(), me, 'migrate_from_group', [textField('title', 'Rowers')]);
  yield* introductions(chat);
  yield* repliesAndForwards(chat);
  yield* reactions(chat);
  yield* topics(chat);
  yield* formatting(chat);
  yield* files(chat);
  yield* cards(chat);
  yield* giftsAndOddities(chat);
  const talk = habits(chat);
  while (chat.more()) yield* anything(chat, talk);
}

/** Everybody says something in their language; the last one does not stop. */
function* introductions(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  const { members } = cast;
  yield service(chat.next(), members[3], 'join_group_by_request');
  for (const from of members) {
    yield message(chat.next(), { from, text: plain(sentence(random, from.language)) });
  }
  for (const greeting of emoji) {
    yield message(chat.next(), { from: random.pick(members), text: plain(greeting) });
  }
  const talker = random.pick(members);
  const story = Array.from({ length: 12 }, () => sentences(random, talker.language, 9));
  yield message(chat.next(), { from: talker, text: plain(story.join('\n\n')) });
}

function* repliesAndForwards(chat: Chat): Generator<string> {
  const { cast } = chat;
  const author = cast.members[0] as Peer;
  const first = chat.next();
  yield message(first, { from: author, text: plain('Regatta on Sunday?') });
  yield message(chat.next(), { from: cast.me, replyTo: first.id, text: plain('yes!!') });
  const deleted = chat.next();
  yield message(chat.next(), {
    from: author,
    replyTo: deleted.id,
    text: plain('as I said back then'),
  });
  yield message(chat.next(), {
    from: cast.me,
    replyTo: 77,
    replyToPeer: cast.channel,
    text: plain('a comment on a channel post'),
  });
  const sources = [cast.channel, cast.deleted, hiddenPeer('Someone Shy', author.language)];
  for (const forwardedFrom of sources) {
    yield message(chat.next(), { from: author, forwardedFrom, text: plain('see below') });
  }
  yield message(chat.next(), {
    from: cast.supergroup,
    author: 'The Captain',
    text: plain('Written by an anonymous administrator'),
  });
  yield message(chat.next(), { from: author, viaBot: '@tea_time_bot', text: plain('tea at 5') });
  const typo = chat.next();
  yield message(typo, {
    from: author,
    edited: typo.at + 61,
    text: plain('the boat, not the goat'),
  });
}

function* reactions(chat: Chat): Generator<string> {
  const people = chat.cast.members.slice(0, 3);
  const stamp = chat.next();
  const tail = reactionsField(chat, stamp.at, [
    { type: 'emoji', count: 5, recent: people },
    { type: 'custom_emoji', count: 1, recent: people.slice(1, 2) },
    { type: 'paid', count: 250, recent: [] },
    { type: 'emoji', count: 0, recent: [] },
  ]);
  yield message(stamp, { from: people[0], text: plain('We won the cup! 🏆'), tail: [tail] });
}

function* topics(chat: Chat): Generator<string> {
  const { me, members } = chat.cast;
  const topic = chat.next();
  yield service(topic, me, 'topic_created', [textField('title', 'Boat house 🏚️')]);
  yield message(chat.next(), {
    from: members[1],
    replyTo: topic.id,
    text: plain('The roof leaks again.'),
  });
  yield service(chat.next(), me, 'topic_edit', [
    textField('new_title', 'Boat house'),
    // beyond what a double can hold
    field('new_icon_emoji_id', '5368324170671202287'),
  ]);
}

function* formatting(chat: Chat): Generator<string> {
  const { random, cast, folder } = chat;
  const author = cast.members[2] as Peer;
  const targets = { people: cast.members, folder };
  for (const text of everyEntity(random, author.language, targets)) {
    yield message(chat.next(), { from: author, text });
  }
}

function* files(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  for (const attach of new Set(attachments)) {
    for (const exported of ['path', ...placeholders] as const) {
      const stamp = chat.next();
      const media = attach(chat, stamp.at, exported);
      yield message(stamp, { from: random.pick(cast.members), media });
    }
  }
  yield* album(chat, chat.next());
}

/** Pictures sent together share a second and an author; one of them has the caption. */
function* album(chat: Chat, first: Stamp): Generator<string> {
  const { random, cast } = chat;
  const from = random.pick(cast.members);
  const caption = plain(sentence(random, from.language));
  yield message(first, { from, media: photo(chat, first.at), text: caption });
  for (let count = random.int(1, 5); count > 0; count--) {
    const stamp = chat.nextAtOnce();
    yield message(stamp, { from, media: photo(chat, stamp.at) });
  }
}

function* cards(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  const from = cast.members[3] as Peer;
  const live = [location(random), field('live_location_period_seconds', 900)];
  const all = [
    [location(random)],
    [location(random, false)],
    live,
    venue(random, from.language),
    contact(chat, ''),
    contact(chat, 'Öttinger'),
    [anyPoll(chat.random, from.language)],
  ];
  for (const media of all) yield message(chat.next(), { from, media });
  yield* todo(chat, from);
}

function* todo(chat: Chat, from: Peer): Generator<string> {
  const title = [...plain('Before the '), { type: 'bold', text: 'regatta' }];
  const tasks = [
    plain('varnish the oars'),
    [{ type: 'italic', text: 'ask Käthe' }],
    plain('sleep'),
  ];
  yield message(chat.next(), { from, media: [todoList(title, tasks)] });
  yield service(chat.next(), from, 'todo_append_tasks', [
    field('items', array(FIELD_DEPTH, todoTasks(FIELD_DEPTH + 1, [plain('eat 🍝')], 4))),
  ]);
  // these two lists are printed in one line, unlike all others
  yield service(chat.next(), from, 'todo_completions', [
    field('completed', '[1,3]'),
    field('incompleted', '[]'),
  ]);
}

function* giftsAndOddities(chat: Chat): Generator<string> {
  const { me, members } = chat.cast;
  const giver = members[4];
  const wishes = [...plain('To the '), { type: 'bold', text: 'cox' }, ...plain(' 🎁')];
  for (const giftText of [wishes, []]) {
    yield service(chat.next(), giver, 'send_star_gift', [
      // beyond what a double can hold
      field('gift_id', '5170145012310081615'),
      field('stars', 50),
      field('is_limited', true),
      field('is_anonymous', false),
      field('gift_text', textValue(FIELD_DEPTH, giftText)),
    ]);
  }
  yield service(chat.next(), me, 'boost_apply', [field('boosts', 2)]);
  yield message(chat.next(), { from: giver, media: [field('paid_stars_amount', 10)] });
  yield unsupported(chat.next());
  // dice, shared stories and the like leave nothing behind
  yield message(chat.next(), { from: giver });
}

function* anything(chat: Chat, talk: Habits): Generator<string> {
  const { random, cast } = chat;
  const chance = random.next();
  const from = random.pick(cast.members);
  if (chance < 0.985) yield anyMessage(chat, talk, chat.next());
  else if (chance < 0.991) yield* album(chat, chat.next());
  else if (chance < 0.994)
    yield message(chat.next(), { from, media: [anyPoll(chat.random, from.language)] });
  else if (chance < 0.996) yield service(chat.next(), from, 'join_group_by_request');
  else if (chance < 0.998) {
    yield service(chat.next(), from, 'topic_created', [
      textField('title', inventedName(random, from.language)),
    ]);
  } else if (chance < 0.999)
    yield message(chat.next(), { from, media: venue(random, from.language) });
  else yield unsupported(chat.next());
}

function habits({ cast }: Chat): Habits {
  return {
    speakers: cast.members,
    replies: 0.3,
    media: 0.12,
    forwards: 0.03,
    formatting: 0.08,
    reactions: 0.18,
    react: groupReactions,
  };
}
