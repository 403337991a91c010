import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import { Avatar } from '../parts/avatar.tsx';
import { formatQuantity } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import type { ResultRow } from './groups.ts';
import { HitCard } from './hit-card.tsx';
import styles from './result-list.module.css';

interface ResultListProps {
  readonly rows: readonly ResultRow[];
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** Hits under their conversations; only those in sight are in the document. */
export function ResultList({ rows, scroller }: ResultListProps) {
  const place = useRef<HTMLDivElement>(null);
  const [startMargin, setStartMargin] = useState(0);
  // notes above it may come and go
  useLayoutEffect(() => setStartMargin(place.current?.offsetTop ?? 0));
  return (
    <div ref={place} className={styles.list}>
      <Virtualizer data={rows} scrollRef={scroller} startMargin={startMargin}>
        {(row) =>
          row.kind === 'hit' ? (
            <HitCard key={keyOf(row)} hit={row.hit} />
          ) : (
            <h2 key={keyOf(row)} className={styles.heading}>
              <Avatar id={row.id} name={row.name} size={26} />
              <Name id={row.id} name={row.name} />
              <span className={styles.count}>{formatQuantity(row.hits, 'message')}</span>
            </h2>
          )
        }
      </Virtualizer>
    </div>
  );
}

function keyOf(row: ResultRow): string {
  return row.kind === 'heading' ? row.id : `${row.hit.conversationId}/${row.hit.message.id}`;
}
