import type { Language } from './languages.ts';
import type { Random } from './random.ts';

/** One sentence, its first letter a capital where there are capitals. */
export function sentence(random: Random, language: Language): string {
  const words = language.slots.map((slot, index) =>
    // invented names give a search index the long tail of words that real chats have
    index === language.nameSlot && random.chance(0.08)
      ? inventedName(random, language)
      : random.pick(slot),
  );
  const text = words.join(language.join);
  return text.charAt(0).toUpperCase() + text.slice(1) + ending(random, language);
}

/** The text of a message: mostly short, sometimes several paragraphs. Never empty. */
export function messageText(random: Random, language: Language): string {
  const kind = random.next();
  if (kind < 0.3) return random.pick(language.short);
  if (kind < 0.68) return sentence(random, language);
  if (kind < 0.9) return sentences(random, language, random.int(2, 3));
  if (kind < 0.98) return paragraphs(random, language, random.int(1, 3));
  if (kind < 0.997) return quoted(random, language);
  if (kind < 0.9985) return paragraphs(random, language, random.int(6, 14));
  return random.pick(oddities);
}

/** Sentences with spaces between them. */
export function sentences(random: Random, language: Language, count: number): string {
  return Array.from({ length: count }, () => sentence(random, language)).join(language.join);
}

/** A name nobody has, sometimes with a number: a rare word. */
export function inventedName(random: Random, language: Language): string {
  let name = '';
  for (let count = random.int(2, 4); count > 0; count--) name += random.pick(language.syllables);
  name = name.charAt(0).toUpperCase() + name.slice(1);
  return random.chance(0.3) ? `${name} ${random.int(2, 9999)}` : name;
}

/** Messages that a careless reader or writer trips over: escapes, controls, separators, invisible characters. */
export const oddities: readonly string[] = [
  'page one\fpage two',
  'bell \x07, backspace \b, vertical \v and escape \x1b[31mred\x1b[0m',
  'copied from a web page:\u2028second line\u2028third line',
  'one paragraph\u2029another one, même après ça',
  'typed, not meant: \\x41 \\u2028 \\n \\" and a lone \\',
  'C:\\new\\table\\x0C.txt and \\\\server\\share',
  '{"looks": "like JSON", "n": [1, 2, {}]}',
  'tab\there, carriage return\r\nthere',
  '\ufeffa byte order mark in front, a zero width\u200bspace inside',
  'mixed \u202eright to left\u202c and back, half a \ufffd character',
  'e\u0301 and é look the same; Ｆｕｌｌ ｗｉｄｔｈ; ﷽',
  '<b>not bold</b> &amp; not an entity --><script>alert(1)</script>',
  'columns   by    spaces',
  '0',
  'null',
];

/** Emoji, simple ones first. */
export const emoji: readonly string[] = [
  ...['😂', '❤️', '👍', '🎉', '🤔', '😭', '🙏', '🔥', '🥲', '☕', '🚲', '✨'],
  // several code points each: joined family, flag, skin tone, keycap
  ...['👨‍👩‍👧‍👦', '🏳️‍🌈', '🇺🇦', '👋🏽', '3️⃣', '🧑🏿‍🚀', '🐈‍⬛'],
];

function ending(random: Random, language: Language): string {
  const chance = random.next();
  if (chance < 0.6) return language.end;
  if (chance < 0.72) return '!';
  if (chance < 0.8) return ` (${random.int(7, 23)}:${random.int(10, 59)})`;
  if (chance < 0.96) return ` ${random.pick(emoji)}`;
  return '';
}

function paragraphs(random: Random, language: Language, count: number): string {
  const texts = Array.from({ length: count }, () => sentences(random, language, random.int(2, 5)));
  return texts.join(random.chance(0.5) ? '\n\n' : '\n');
}

function quoted(random: Random, language: Language): string {
  const said = sentence(random, language);
  return random.chance(0.7)
    ? `"${said}" — ${random.pick(language.short)}`
    : `C:\\files\\${inventedName(random, language)}.txt\n> ${said}`;
}
