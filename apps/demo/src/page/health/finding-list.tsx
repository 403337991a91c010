import { useState } from 'react';
import { Link } from 'wouter';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { ConversationName } from '../parts/conversation-name.tsx';
import { formatCount } from '../parts/format.ts';
import { CopyCommand } from './copy-command.tsx';
import styles from './finding-list.module.css';
import { type Finding, remedyParts } from './findings.ts';

interface FindingListProps {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** A damaged disk may have thousands; nobody reads them at once. */
const AT_ONCE = 100;

export function FindingList({ title, findings }: FindingListProps) {
  const [shown, setShown] = useState(AT_ONCE);
  const rest = findings.length - shown;
  return (
    <section>
      <h3>
        {title} <span className={styles.soft}>{formatCount(findings.length)}</span>
      </h3>
      <ul className={styles.list}>
        {findings.slice(0, shown).map((finding) => (
          <li key={`${finding.code} ${finding.path} ${finding.message}`} className={styles.item}>
            <FindingWords finding={finding} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <Button onClick={() => setShown(shown + AT_ONCE)}>{formatCount(rest)} more</Button>
      )}
    </section>
  );
}

function FindingWords({ finding }: { readonly finding: Finding }) {
  const { code, severity, path, conversationId, message, remedy } = finding;
  return (
    <>
      <p className={styles.head}>
        <Badge tone={severity === 'error' ? 'bad' : 'neutral'}>{code}</Badge>
        {conversationId !== undefined && (
          <Link href={conversationAddress(conversationId)}>
            <ConversationName id={conversationId} />
          </Link>
        )}
      </p>
      <p className={styles.words} dir="auto" data-secret="">
        {message}
      </p>
      <p className={styles.path}>
        <code data-secret="">
          <bdi>{path}</bdi>
        </code>
      </p>
      <p className={styles.words}>
        <span className={styles.soft}>What to do: </span>
        {remedyParts(remedy).map(({ text, isCommand }, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing but their order
          isCommand ? <CopyCommand key={index} command={text} /> : text,
        )}
      </p>
    </>
  );
}
