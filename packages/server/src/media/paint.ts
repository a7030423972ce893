/**
 * The process in which pictures are decoded, apart from the server: a picture that breaks the decoder, or that makes it
 * take forever, ends this process and no other. It is given paths by its parent and answers what it found there.
 */
import { writeFileSync } from "node:fs";
import sharp from "sharp";
import type { Painting, Picture } from "./picture.ts";

/** Pixels of a picture beyond which it is not decoded: some are small as files and fill the memory of a server. */
const MOST_PIXELS = 50_000_000;
/** AVIF takes twenty bytes a pixel, twice as many as what takes most after it. */
const MOST_PIXELS_OF_AVIF = 25_000_000;
/** Pixels of a side, as many as a JPEG can have: lines are held in dozens, and one of ten million fills a gigabyte. */
const MOST_WIDE = 65_535;
/** Pixels a thumbnail is wide and high at the most. */
const THUMBNAIL = 320;

/** The formats that are decoded, as the decoder calls them, by what their files were found to be. */
const FORMATS: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/apng": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "heif",
};

sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadPng",
    "VipsForeignLoadJpeg",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp",
    "VipsForeignLoadHeif",
  ],
});

async function paint({ path, mimeType }: Painting): Promise<Picture | null> {
  const image = sharp(path, { limitInputPixels: MOST_PIXELS, sequentialRead: true, pages: 1 });
  const found = await image.metadata();
  if (found.format !== FORMATS[mimeType]) return null;
  const { width, height } = found.autoOrient;
  const most = found.format === "heif" ? MOST_PIXELS_OF_AVIF : MOST_PIXELS;
  if (Math.max(width, height) > MOST_WIDE || width * height > most) return { width, height, thumbnail: null };
  const thumbnail = await image
    .autoOrient()
    .resize(THUMBNAIL, THUMBNAIL, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 75, effort: 2 })
    .toBuffer({ resolveWithObject: true })
    // What is damaged further on still has its size at the beginning.
    .catch(() => null);
  return {
    width,
    height,
    thumbnail: thumbnail && { bytes: thumbnail.data, width: thumbnail.info.width, height: thumbnail.info.height },
  };
}

try {
  // Of all that take memory this is what a system that has none left should end, and not the server.
  writeFileSync("/proc/self/oom_score_adj", "1000");
} catch {
  // No Linux, or not allowed.
}

process.on("message", (painting: Painting) => {
  void paint(painting)
    .catch(() => null)
    .then((picture) => process.send?.(picture));
});
process.on("disconnect", () => process.exit(0));
