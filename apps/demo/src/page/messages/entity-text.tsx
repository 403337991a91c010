import { memo, type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import type { ShownEntity } from '../../api/index.ts';
import { CodeBlock } from './code-block.tsx';
import styles from './entity-text.module.css';
import { linkTarget } from './link-target.ts';
import { Quote } from './quote.tsx';
import { splitEntities, type TextNode } from './split-entities.ts';
import { Spoiler } from './spoiler.tsx';

interface EntityTextProps {
  readonly text: string;
  readonly entities: readonly ShownEntity[];
  /** Where hashtags are searched. */
  readonly conversationId?: string | undefined;
}

/** A text with its entities. Never HTML: words are text nodes. */
export const EntityText = memo(function EntityText(props: EntityTextProps) {
  const { text, entities, conversationId } = props;
  const nodes = useMemo(() => splitEntities(text, entities), [text, entities]);
  return <Nodes nodes={nodes} conversationId={conversationId} />;
});

interface NodesProps {
  readonly nodes: readonly TextNode[];
  readonly conversationId: string | undefined;
}

function Nodes({ nodes, conversationId }: NodesProps): ReactNode {
  return nodes.map((node) => {
    if (typeof node === 'string') return node;
    const { entity, start, end, children } = node;
    const inside = <Nodes nodes={children} conversationId={conversationId} />;
    return (
      <Entity
        key={`${start}-${end}-${entity.type}`}
        entity={entity}
        words={wordsOf(children)}
        conversationId={conversationId}
      >
        {inside}
      </Entity>
    );
  });
}

interface EntityProps {
  readonly entity: ShownEntity;
  /** Without what stands inside. */
  readonly words: string;
  readonly conversationId: string | undefined;
  readonly children: ReactNode;
}

function Entity({ entity, words, conversationId, children }: EntityProps): ReactNode {
  switch (entity.type) {
    case 'bold':
      return <strong>{children}</strong>;
    case 'italic':
      return <em>{children}</em>;
    case 'underline':
      return <u>{children}</u>;
    case 'strikethrough':
    case 'strike':
      return <s>{children}</s>;
    case 'code':
      return <code className={styles.code}>{children}</code>;
    case 'pre':
      return <CodeBlock language={entity.language} text={words} />;
    case 'spoiler':
      return <Spoiler>{children}</Spoiler>;
    case 'blockquote':
    case 'expandable_blockquote':
      return <Quote isLong={words.length > 320 || words.split('\n').length > 5}>{children}</Quote>;
    case 'hashtag':
    case 'cashtag':
      return <Tag words={words} conversationId={conversationId} />;
    case 'mention':
    case 'mention_name':
    case 'text_mention':
    case 'bot_command':
      return <span className={styles.mention}>{children}</span>;
    case 'bank_card':
      return <span className={styles.card}>{children}</span>;
    case 'custom_emoji':
      return (
        <span className={styles.emoji} title="Custom emoji">
          {children}
        </span>
      );
    default:
      return <Outward target={linkTarget(entity, words)}>{children}</Outward>;
  }
}

/** A link out of the page; where it leads is told before anybody goes. */
function Outward(props: { readonly target: string | undefined; readonly children: ReactNode }) {
  const { target, children } = props;
  if (target === undefined) return children;
  return (
    <a href={target} title={target} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Leads to all that has it. */
function Tag({ words, conversationId }: Pick<EntityProps, 'words' | 'conversationId'>) {
  const search = new URLSearchParams({ q: words });
  if (conversationId !== undefined) search.set('conversation', conversationId);
  return <Link href={`/search?${search}`}>{words}</Link>;
}

function wordsOf(nodes: readonly TextNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : wordsOf(node.children))).join('');
}
