import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { HeatLevel } from './heat.ts';
import styles from './heat-grid.module.css';

export interface HeatCell {
  readonly column: number;
  readonly row: number;
  readonly level: HeatLevel;
  /** What it is and how many: `Friday, 31 January 2025: 12 messages` */
  readonly label: string;
}

export interface HeatLabel {
  readonly at: number;
  readonly text: string;
}

interface HeatGridProps<Cell extends HeatCell> {
  /** What is shown, for the one who moves about in it: `Activity of 2025` */
  readonly label: string;
  readonly cells: readonly Cell[];
  readonly columns: number;
  readonly rows: number;
  readonly columnLabels: readonly HeatLabel[];
  readonly rowLabels: readonly HeatLabel[];
  /** Pixels from one cell to the next. */
  readonly step: number;
  /** Called with the cell that is pointed at or moved to, and with nothing when it is left. */
  readonly onLook: (cell: Cell | undefined) => void;
  readonly onOpen?: ((cell: Cell) => void) | undefined;
}

/** Room for the labels of the rows and columns. */
export const LEFT = 34;
const TOP = 18;

/**
 * Squares in columns and rows. They are a picture; over the one that is looked at lies a single button, which follows the pointer and
 * the arrow keys.
 */
export function HeatGrid<Cell extends HeatCell>(props: HeatGridProps<Cell>) {
  const { label, cells, columns, rows, columnLabels, rowLabels, step, onLook, onOpen } = props;
  const [index, setIndex] = useState(0);
  const [isLooked, setLooked] = useState(false);
  const cell = cells[Math.min(index, cells.length - 1)];

  const look = (next: number) => {
    setIndex(next);
    setLooked(true);
    onLook(cells[next]);
  };
  const leave = () => {
    setLooked(false);
    onLook(undefined);
  };
  const lookAt = (column: number, row: number) => {
    const next = cells.findIndex((one) => one.column === column && one.row === row);
    if (next !== -1) look(next);
  };
  const onPointer = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    lookAt(
      Math.floor((event.clientX - box.left - LEFT) / step),
      Math.floor((event.clientY - box.top - TOP) / step),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move || !cell) return;
    event.preventDefault();
    lookAt(cell.column + move[0], cell.row + move[1]);
  };

  const width = LEFT + columns * step;
  const height = TOP + rows * step;
  return (
    <div className={styles.grid} style={{ width, height }} onPointerLeave={leave}>
      <svg
        aria-hidden="true"
        width={width}
        height={height}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
      >
        {columnLabels.map(({ at, text }) => (
          <text key={at} x={LEFT + at * step} y={TOP - 6}>
            {text}
          </text>
        ))}
        {rowLabels.map(({ at, text }) => (
          <text key={at} x={LEFT - 6} y={TOP + at * step + step / 2} className={styles.row}>
            {text}
          </text>
        ))}
        {cells.map(({ column, row, level }) => (
          <rect
            key={`${column} ${row}`}
            x={LEFT + column * step}
            y={TOP + row * step}
            width={step - 2}
            height={step - 2}
            rx={Math.min(3, step / 5)}
            className={styles[`level${level}`]}
          />
        ))}
      </svg>
      {cell && (
        <button
          type="button"
          className={styles.cursor}
          data-looked={isLooked || undefined}
          data-opens={onOpen ? '' : undefined}
          style={{
            left: LEFT + cell.column * step,
            top: TOP + cell.row * step,
            width: step - 2,
            height: step - 2,
          }}
          aria-label={`${label}, arrow keys move: ${cell.label}`}
          onKeyDown={onKeyDown}
          onFocus={() => look(cells.indexOf(cell))}
          onBlur={leave}
          onClick={() => onOpen?.(cell)}
        />
      )}
    </div>
  );
}

const MOVES: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
