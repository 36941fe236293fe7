// What the colours of the rooms mean: the scale with its numbers.

import { colourOf, type Layer, marksOf, type Scheme } from "../lib/colour";
import { useWords } from "../state/useWords";
import styles from "./Legend.module.css";
import { figure } from "./words";

/** The scale is even, so a few stops draw it. */
const STOPS = 9;

function ramp(layer: Layer, scheme: Scheme): string[] {
  const marks = marksOf(layer);
  const [low = 0, high = 1] = [marks[0], marks.at(-1)];
  return Array.from({ length: STOPS }, (_, at) => colourOf(layer, low + ((high - low) * at) / (STOPS - 1), scheme));
}

export function Legend({ layer }: { layer: Layer }) {
  const { t } = useWords();
  const marks = marksOf(layer);
  const [light, dark] = [ramp(layer, "light"), ramp(layer, "dark")];
  const stops = light.map((colour, at) => `light-dark(${colour}, ${dark[at] ?? colour})`).join(", ");
  const name = t("scaleOf", { layer: t(`layer_${layer}`), low: figure(layer, marks[0] ?? 0), high: figure(layer, marks.at(-1) ?? 0) });
  return (
    <div className={styles.legend} role="img" aria-label={name}>
      <span className={styles.bar} style={{ background: `linear-gradient(to right in oklab, ${stops})` }} />
      <span className={styles.marks}>
        {marks.map((mark) => (
          <span key={mark}>{layer === "temperature" ? `${mark}°` : layer === "humidity" ? `${mark}%` : mark}</span>
        ))}
      </span>
    </div>
  );
}
