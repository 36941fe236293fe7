// The plan with what belongs to it: floors, layers, the scale, and the panel of the chosen room.

import { useEffect, useMemo, useRef } from "react";
import { LAYERS } from "../../lib/colour";
import { Legend } from "../../plan/Legend";
import { Plan } from "../../plan/Plan";
import { PlanTable } from "../../plan/PlanTable";
import { Sheets } from "../../plan/Sheets";
import { useHome } from "../../state/home";
import { entrance, sheetsOf } from "../../state/plan";
import { load } from "../../state/session";
import { useWords } from "../../state/useWords";
import { useView } from "../../state/view";
import { Button, IconButton } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Notice } from "../../ui/Notice";
import styles from "./PlanSection.module.css";
import { Overview } from "./rooms/Overview";
import { RoomPanel } from "./rooms/RoomPanel";
import { NothingYet } from "./NothingYet";

export function PlanSection() {
  const { t } = useWords();
  const spaces = useHome((home) => home.spaces);
  const devices = useHome((home) => home.devices);
  const loaded = useHome((home) => home.loaded);
  const sheets = useMemo(() => sheetsOf({ spaces, devices }), [spaces, devices]);
  const { sheet: wanted, cell: chosen, asTable, layer, showSheet, setLayer, setAsTable } = useView();
  const sheet = sheets.find(({ id }) => id === wanted) ?? entrance(sheets);
  const cell = sheet?.cells.find(({ id }) => id === chosen);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [cell?.id]);

  if (loaded === "failed")
    return (
      <div className={styles.alone}>
        <Notice
          tone="bad"
          act={
            <Button look="quiet" onClick={() => void load()}>
              {t("retry")}
            </Button>
          }
        >
          {t("loadFailed")}
        </Notice>
      </div>
    );
  if (!sheet)
    return (
      <div className={styles.alone}>
        <NothingYet />
      </div>
    );
  return (
    <div className={styles.stage}>
      <div className={styles.tools}>
        <Sheets sheets={sheets} chosen={sheet.id} choose={showSheet} />
        <IconButton icon="table" label={t("asTable")} aria-pressed={asTable} onClick={() => setAsTable(!asTable)} />
      </div>
      <div className={styles.split}>
        <div className={styles.view}>
          {asTable ? <PlanTable sheet={sheet} /> : <Plan key={sheet.id} sheet={sheet} />}
          {!asTable && (
            <div className={styles.layers}>
              <Choice label={t("layer")} options={LAYERS.map((key) => ({ key, label: t(`layer_${key}`) }))} chosen={layer} choose={setLayer} small />
              <Legend layer={layer} />
            </div>
          )}
        </div>
        <div ref={panel} className={styles.panel}>
          {cell ? <RoomPanel key={cell.id} cell={cell} /> : <Overview sheets={sheets} sheet={sheet} />}
        </div>
      </div>
    </div>
  );
}
