import type { Language } from './languages.ts';
import { field, quote } from './layout.ts';
import type { Peer } from './peers.ts';
import type { Random } from './random.ts';
import { inventedName, sentence } from './sentences.ts';
import type { TextPart } from './text-parts.ts';

/** What formatting can point to. */
export interface FormattingTargets {
  readonly people: readonly Peer[];
  /** Folder of the chat's media, for the files of custom emoji. */
  readonly folder: string;
}

/** A sentence, something formatted, and often another sentence. */
export function formattedText(
  random: Random,
  language: Language,
  targets: FormattingTargets,
): TextPart[] {
  const entity = entityOf(random.pick(entityTypes), random, language, targets);
  return around(entity, random, language);
}

/** One text for each type of entity, in the order of {@link entityTypes}. */
export function everyEntity(
  random: Random,
  language: Language,
  targets: FormattingTargets,
): TextPart[][] {
  return entityTypes.map((type) =>
    around(entityOf(type, random, language, targets), random, language),
  );
}

/** All types of formatting but `plain`. */
export const entityTypes = [
  ...['mention', 'hashtag', 'bot_command', 'link', 'email', 'bold', 'italic', 'underline'],
  ...['strikethrough', 'spoiler', 'code', 'pre', 'text_link', 'mention_name', 'phone', 'cashtag'],
  ...['bank_card', 'blockquote', 'custom_emoji', 'unknown'],
] as const;

type EntityType = (typeof entityTypes)[number];

function around(entity: TextPart, random: Random, language: Language): TextPart[] {
  const parts = [entity];
  if (random.chance(0.8)) parts.unshift({ type: 'plain', text: `${sentence(random, language)} ` });
  if (random.chance(0.6)) parts.push({ type: 'plain', text: ` ${sentence(random, language)}` });
  return parts;
}

function entityOf(
  type: EntityType,
  random: Random,
  language: Language,
  { people, folder }: FormattingTargets,
): TextPart {
  const slug = `${random.pick(slugs)}${random.int(1, 9999)}`;
  switch (type) {
    case 'mention':
      return { type, text: `@${slug}` };
    case 'hashtag':
      return { type, text: `#${inventedName(random, language).replaceAll(' ', '_')}` };
    case 'bot_command':
      return { type, text: `/${random.pick(['start', 'help', 'remind', 'stop@tea_time_bot'])}` };
    case 'link':
      return { type, text: `https://example.org/${slug}?page=${random.int(1, 40)}` };
    case 'email':
      return { type, text: `${slug}@example.org` };
    case 'code':
      return { type, text: `git checkout ${slug}` };
    case 'pre': {
      const text = `const ${slug} = "${random.int(1, 99)}\\n";\nif (${slug}) {\n\treturn;\n}`;
      return { type, text, extra: field('language', quote(random.pick(['js', '', 'python']))) };
    }
    case 'text_link':
      return {
        type,
        text: inventedName(random, language),
        extra: field('href', quote(`https://example.com/${slug}`)),
      };
    case 'mention_name': {
      const person = random.pick(people);
      return {
        type,
        text: person.firstName ?? 'Deleted Account',
        extra: field('user_id', person.id),
      };
    }
    case 'phone':
      return { type, text: `+49 30 ${random.int(100_000, 999_999)}` };
    case 'cashtag':
      return { type, text: `$${random.pick(['TEA', 'BIKE', 'MOSS'])}` };
    case 'bank_card':
      return { type, text: `4000 0000 ${random.int(1000, 9999)} 0002` };
    case 'blockquote':
      return {
        type,
        text: `${sentence(random, language)}\n${sentence(random, language)}`,
        extra: field('collapsed', random.chance(0.5)),
      };
    case 'custom_emoji':
      return {
        type,
        text: random.pick(['👻', '🫠', '🌚']),
        extra: field('document_id', quote(customEmojiFile(random, folder))),
      };
    default:
      return { type, text: sentence(random, language) };
  }
}

/** Where the file of a custom emoji lies. They are downloaded always, unless they are gone. */
export function customEmojiFile(random: Random, folder: string): string {
  return random.chance(0.05) ? '(unavailable)' : stickerFile(random, folder);
}

/** One of the twenty stickers that a chat uses. */
export function stickerFile(random: Random, folder: string): string {
  const number = random.int(0, 9);
  const copy = number === 0 ? '' : ` (${number})`;
  return random.chance(0.6)
    ? `${folder}/stickers/AnimatedSticker${copy}.tgs`
    : `${folder}/video_files/sticker${copy}.webm`;
}

const slugs = ['lantern', 'rowboat', 'tea_club', 'moss', 'kettle', 'barometer'];
