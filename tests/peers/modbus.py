"""Modbus devices that tests speak to: `modbus.py tcp PORT` or `modbus.py rtu DEVICE BAUD`.

Unit 1 has every type in every byte order, holes between its registers, and a value that only takes 0 to 100.
Unit 2 is slow. Unit 3 says yes to every write and changes nothing. Unit 4 is a map of 200 registers. Unit 9 hears and
never answers. Every request is printed as `UNIT FUNCTION ADDRESS COUNT`.
"""

import asyncio
import struct
import sys

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

ORDERS = ["big", "little", "big_swapped", "little_swapped"]
# Type, how Python packs it, and the value; the test expects the same.
TYPES = [
    ("u16", ">H", 51234),
    ("i16", ">h", -1234),
    ("u32", ">I", 3123456789),
    ("i32", ">i", -123456789),
    ("u64", ">Q", 1234567890123456),
    ("i64", ">q", -1234567890123456),
    ("f32", ">f", 21.1),
    ("f64", ">d", -0.123456789),
]
SLOW_S = 0.4
SILENT = 9


def words(data, order):
    """Registers of bytes that stand most significant first."""
    if order in ("little", "little_swapped"):
        data = data[::-1]
    pairs = [data[i : i + 2] for i in range(0, len(data), 2)]
    if order in ("big_swapped", "little_swapped"):
        pairs = [p[::-1] for p in pairs]
    return list(struct.unpack(f">{len(pairs)}H", b"".join(pairs)))


def registers(address, values):
    return SimData(address, values=values, datatype=DataType.REGISTERS)


def bits(values):
    return SimData(0, values=values, datatype=DataType.BITS)


def all_types():
    """Each type from its own address on, in the four orders one after the other."""
    out = []
    for number, (_, form, value) in enumerate(TYPES):
        packed = struct.pack(form, value)
        values = [w for order in ORDERS for w in words(packed, order)]
        out.append(registers(100 * number, values))
    out.append(registers(800, [0x1234]))  # BCD
    out.append(registers(810, [0x9876, 0x5432]))
    out.append(registers(820, words("温度 t1".encode().ljust(12, b"\0"), "big")))
    # One bit, three bits and a byte of one register; a value that is limited; one that is scaled; an enumeration.
    out.append(registers(900, [0b1010_1010_0111_0100, 50, 215, 1]))
    # 903 and 905 are there, 904 is not.
    out.append(registers(905, [7]))
    return out


async def limited(function, _start, address, count, _current, set_values):
    if set_values is None or function not in (6, 16) or not address <= 901 < address + count:
        return None
    return None if set_values[901 - address] <= 100 else ExcCodes.ILLEGAL_VALUE


async def slow(*_):
    await asyncio.sleep(SLOW_S)


async def deaf(_function, start, address, _count, current, set_values):
    if set_values is not None:
        set_values[:] = current[address - start : address - start + len(set_values)]


def units():
    coils = [True, False, True, True] + [False] * 12
    inputs = [registers(0, [215, 65436])]
    first = SimDevice(1, simdata=([bits(coils)], [bits(coils[::-1])], all_types(), inputs), action=limited)
    plain = ([bits([False] * 16)], [bits([False] * 16)], [registers(0, [10, 20, 30])], [registers(0, [1, 2, 3])])
    many = [registers(100 * i, list(range(40))) for i in range(5)]
    return [
        first,
        SimDevice(2, simdata=plain, action=slow),
        SimDevice(3, simdata=plain, action=deaf),
        SimDevice(4, simdata=(plain[0], plain[1], many, plain[3])),
        SimDevice(SILENT, simdata=plain),
    ]


def show(sending, pdu):
    if not sending:
        print(pdu.dev_id, pdu.function_code, pdu.address, getattr(pdu, "count", 1))
    return pdu


async def main(way, place, *more):
    at = 6 if way == "tcp" else 0

    def mute(sending, data):
        return b"" if sending and data[at] == SILENT else data

    common = {"trace_pdu": show, "trace_packet": mute}
    if way == "tcp":
        server = ModbusTcpServer(units(), address=("127.0.0.1", int(place)), **common)
    else:
        line = {"framer": FramerType.RTU, "port": place, "baudrate": int(more[0]), "parity": "N"}
        server = ModbusSerialServer(units(), **line, **common)
    print("starts", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
