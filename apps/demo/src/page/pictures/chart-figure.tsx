import { ChartNoAxesColumn, Table } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { classNames } from '../parts/class-names.ts';
import styles from './chart-figure.module.css';

export interface ChartTable {
  readonly head: readonly string[];
  /** The first of a row is its heading. */
  readonly rows: readonly (readonly ReactNode[])[];
}

interface ChartFigureProps {
  readonly title: string;
  readonly table: ChartTable;
  readonly children: ReactNode;
}

/** A picture, and a table that says the same: always for screen readers, and for all in the place of the picture when asked for. */
export function ChartFigure({ title, table, children }: ChartFigureProps) {
  const [isTable, setTable] = useState(false);
  const heading = useId();
  return (
    <figure className={styles.figure} aria-labelledby={heading}>
      <figcaption className={styles.head}>
        <h2 id={heading}>{title}</h2>
        <Button
          variant="quiet"
          className={styles.toggle}
          icon={isTable ? ChartNoAxesColumn : Table}
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          Show as table
        </Button>
      </figcaption>
      {!isTable && <div className={styles.picture}>{children}</div>}
      <div
        className={isTable ? styles.scroll : 'visually-hidden'}
        {...(isTable && { tabIndex: 0 })}
      >
        <DataTable label={heading} {...table} />
      </div>
    </figure>
  );
}

function DataTable({ label, head, rows }: ChartTable & { readonly label: string }) {
  return (
    <table className={styles.table} aria-labelledby={label}>
      <thead>
        <tr>
          {head.map((text, column) => (
            <th key={text} scope="col" className={classNames(column > 0 && styles.number)}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...rest], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
          <tr key={index}>
            <th scope="row">{first}</th>
            {rest.map((cell, column) => (
              <td key={head[column + 1]} className={styles.number}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
