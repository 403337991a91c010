import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandom } from './sample-export/random.ts';
import { type SampleExportOptions, sampleExport } from './sample-export.ts';
import { encodeJpeg } from './sample-media/jpeg.ts';
import { landscape } from './sample-media/landscape.ts';

/** What was written. */
export interface SampleMedia {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes the last photos of every chat of the sample export with the same options, beside its result.json: what one sees
 * when one opens a chat. All its other files stay away, as in an export that left them out.
 */
export async function writeSampleMedia(
  directory: string,
  options: SampleExportOptions = {},
): Promise<SampleMedia> {
  const random = createRandom(options.seed ?? 1);
  let bytes = 0;
  const photos = lastPhotos(options);
  for (const { photo, width, height } of photos) {
    const path = join(directory, photo);
    const [wide, high] = [Math.round(width * SCALE), Math.round(height * SCALE)];
    const picture = encodeJpeg(wide, high, landscape(random, wide, high));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, picture);
    bytes += picture.length;
  }
  return { files: photos.length, bytes };
}

interface Photo {
  readonly photo: string;
  readonly width: number;
  readonly height: number;
}

function lastPhotos(options: SampleExportOptions): Photo[] {
  const text = Buffer.concat([...sampleExport({ ...options, defects: false })]).toString();
  const { chats, left_chats: left } = JSON.parse(text);
  return [...chats.list, ...left.list].flatMap(({ messages }: { messages: Partial<Photo>[] }) =>
    messages.filter(isThere).slice(-PHOTOS_EACH),
  );
}

/** Whether the export has the file, and not only a reason why it has not. */
function isThere(message: Partial<Photo>): message is Photo {
  return message.photo?.startsWith('chats/') ?? false;
}

const PHOTOS_EACH = 4;

/** Photos are as large as they are shown, not as large as they were. */
const SCALE = 0.4;
