// A device on a Modbus bus: how it is reached, which registers it has, what it is called; then its first value.

import { type FormEvent, useRef, useState } from "react";
import { type BusFields, modbusConfig, namesOf, registersOf } from "../../state/connect";
import { asked } from "../../state/devices";
import { useHome } from "../../state/home";
import { load } from "../../state/session";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Field, form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import * as wire from "../../wire/devices";
import type { Failure } from "../../wire/http";
import type { ConnectionWish, Device } from "../../wire/types";
import { RoomSelect } from "../home/devices/RoomSelect";
import { Said } from "../home/devices/Said";
import { type Check, FirstValue } from "./FirstValue";
import { Naming } from "./Naming";
import { Products } from "./Products";

const CHECKS: readonly Check[] = [["check_modbus_1"], ["check_modbus_2"], ["check_modbus_3"]];
const BLANK: BusFields = { serial: false, host: "127.0.0.1", port: "502", device: "/dev/ttyUSB0", baud: "9600", product: "", key: "", unit: "1", registers: "" };

interface Props {
  back: () => void;
  close: () => void;
}

export function Bus({ back, close }: Props) {
  const { t } = useWords();
  const [device, setDevice] = useState<Device | "asked">();
  if (device === undefined) return <Ask back={back} done={setDevice} />;
  if (device === "asked") return <Notice tone="plain">{t("waitsForPerson")}</Notice>;
  return (
    <FirstValue device={device.id} checks={CHECKS} hint="reportsHere" close={close}>
      <Reason device={device.id} />
    </FirstValue>
  );
}

/** Why it does not answer, as the driver says it. */
function Reason({ device }: { device: string }) {
  const online = useHome((home) => home.devices[device]?.online);
  const { value } = useAsked(() => wire.device(device), `${device} ${String(online)}`);
  const reason = value?.link?.online === false ? value.link.reason : "";
  return reason ? <Notice tone="warn">{reason}</Notice> : null;
}

function Ask({ back, done }: { back: () => void; done: (device: Device | "asked") => void }) {
  const { t } = useWords();
  const [fields, setFields] = useState<BusFields>(BLANK);
  const [[zh, en], setNames] = useState<[string, string]>(["", ""]);
  const [space, setSpace] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  // What was made stays when something after it is refused, and the next try goes on from there.
  const connection = useRef<string>(undefined);
  const registered = useRef<Device>(undefined);

  const make = async (): Promise<Device | "asked"> => {
    const names = namesOf(zh, en);
    const place = fields.serial ? fields.device : fields.host;
    const key = registered.current?.key ?? `${fields.product}_${Date.now().toString(36)}`;
    const wish = (config: Record<string, unknown>): ConnectionWish => ({ driver: "modbus", names: { zh: [place], en: [place] }, config, disabled: false });
    const whole = modbusConfig({ ...fields, key });
    // The bus first, without its registers: they are of a device, which is reached by the bus.
    if (!connection.current) {
      const made = await wire.addConnection(wish({ transport: whole["transport"] }));
      if ("asked" in made) return "asked";
      connection.current = made.done.id;
    }
    if (!registered.current) {
      const made = await wire.register({ product: fields.product, key, route: { via: connection.current }, ...(names ? { names } : {}), ...(space ? { space } : {}) });
      if ("asked" in made) return "asked";
      registered.current = made.done.device;
    } else await wire.change(registered.current.id, { ...(names ? { names } : {}), space: space || null });
    await wire.changeConnection(connection.current, wish(whole));
    await load();
    return registered.current;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(make());
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    done(answer.ok);
  };
  const text = (label: string, key: "host" | "port" | "device" | "baud" | "unit", more: object = {}) => (
    <Field label={label}>
      {(control) => <input {...control} {...more} className={form.input} required value={fields[key]} autoComplete="off" spellCheck={false} onChange={(event) => setFields({ ...fields, [key]: event.target.value })} />}
    </Field>
  );
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <Choice
        label={t("transport")}
        options={[
          { key: "tcp", label: t("byTcp") },
          { key: "rtu", label: t("bySerial") },
        ]}
        chosen={fields.serial ? "rtu" : "tcp"}
        choose={(key) => setFields({ ...fields, serial: key === "rtu" })}
      />
      <div className={form.pair}>
        {fields.serial ? text(t("serialPort"), "device") : text(t("host"), "host")}
        {fields.serial ? text(t("baud"), "baud", { inputMode: "numeric" }) : text(t("port"), "port", { inputMode: "numeric" })}
      </div>
      {text(t("unitNo"), "unit", { inputMode: "numeric" })}
      <Products chosen={fields.product} choose={(product, template) => setFields({ ...fields, product, registers: registersOf(template) })} other={false} />
      <Field label={t("registers")} hint={t("registersHint")}>
        {(control) => (
          <textarea
            {...control}
            className={`${form.input} ${form.code}`}
            rows={6}
            required
            value={fields.registers}
            spellCheck={false}
            onChange={(event) => setFields({ ...fields, registers: event.target.value })}
          />
        )}
      </Field>
      <Naming zh={zh} en={en} set={(nextZh, nextEn) => setNames([nextZh, nextEn])} />
      <RoomSelect chosen={space} choose={setSpace} />
      <Said failure={failure} />
      <div className={form.acts}>
        <Button type="submit" look="main" icon="cable" disabled={busy || fields.product === ""}>
          {t(busy ? "connecting" : "connectNow")}
        </Button>
        <Button onClick={back}>{t("back")}</Button>
      </div>
    </form>
  );
}
