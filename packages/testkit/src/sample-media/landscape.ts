import type { Random } from '../sample-export/random.ts';
import type { Paint } from './jpeg.ts';

type Color = readonly [number, number, number];

/** A sky with a sun or moon over hills or water; no two alike. */
export function landscape(random: Random, width: number, height: number): Paint {
  const [high, low, near, far, light] = random.pick(palettes);
  const sun = {
    x: 0.2 + random.next() * 0.6,
    y: 0.15 + random.next() * 0.3,
    radius: 0.05 + random.next() * 0.05,
  };
  const ridges = Array.from({ length: random.int(2, 4) }, (_, index) => ridge(random, index));
  const unit = Math.min(width, height);
  return (x, y) => {
    const [across, down] = [x / width, y / height];
    const front = ridges.findLastIndex((edge) => down > edge(across));
    if (front >= 0) {
      const haze = ridges.length === 1 ? 0 : 1 - front / (ridges.length - 1);
      const depth = down - (ridges[front]?.(across) ?? 0);
      return mix(mix(near, far, haze), low, Math.max(0, 0.25 - depth));
    }
    const sky = mix(high, low, Math.min(1, down * 1.6));
    const distance = Math.hypot(x - sun.x * width, y - sun.y * height) / unit;
    // a soft edge, and a wide glow
    const disc = clamp((sun.radius - distance) * 80);
    const glow = 0.5 * Math.exp(-distance * 5);
    return mix(sky, light, Math.max(disc, glow));
  };
}

/** The upper edge of a range of hills: how far down it is, by how far across. */
function ridge(random: Random, index: number): (across: number) => number {
  const base = 0.52 + index * 0.13;
  const waves = [1, 2, 5].map((pace) => ({
    pace: pace * (1 + random.next()) * 3,
    shift: random.next() * 7,
    height: (0.05 + random.next() * 0.05) / pace,
  }));
  return (across) =>
    waves.reduce(
      (sum, { pace, shift, height }) => sum + height * Math.sin(across * pace + shift),
      base,
    );
}

function mix(from: Color, to: Color, share: number): Color {
  const part = clamp(share);
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Colours of the sky above and at the horizon, of the nearest and farthest hills, of the light. */
const palettes: readonly (readonly [Color, Color, Color, Color, Color])[] = [
  [
    [72, 118, 190],
    [250, 214, 165],
    [30, 62, 58],
    [122, 150, 160],
    [255, 248, 220],
  ],
  [
    [44, 40, 92],
    [242, 132, 108],
    [36, 22, 52],
    [150, 82, 112],
    [255, 226, 160],
  ],
  [
    [120, 190, 230],
    [226, 242, 246],
    [44, 110, 70],
    [138, 190, 150],
    [255, 255, 240],
  ],
  [
    [14, 22, 54],
    [60, 86, 132],
    [8, 16, 30],
    [36, 58, 92],
    [236, 240, 250],
  ],
  [
    [200, 210, 220],
    [244, 232, 214],
    [84, 96, 100],
    [172, 182, 186],
    [255, 244, 214],
  ],
  [
    [64, 150, 160],
    [252, 220, 196],
    [20, 70, 92],
    [96, 170, 176],
    [255, 238, 200],
  ],
];
