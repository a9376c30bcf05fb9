package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Entry;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.LiveLedger;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ledger's state and events as JSON, for people and scripts: amounts as micro-units with {@code _micro} at the end
 * of their names, digests in hex, names in lower case with underscores.
 */
public final class LedgerView {
    /** The most entries of a list; there may be more. */
    public static final int LIST_MAX = 1000;

    private LedgerView() {}

    /** Where the ledger stands. */
    public static Json.Obj status(LiveLedger ledger) {
        State s = ledger.state();
        return Json.object()
                .put("chain", ledger.chainId())
                .put("height", s.height())
                .put("time_millis", ledger.context().timeMillis())
                .put("state_root", s.root().hex())
                .put("supply_micro", s.genesis().supply().micro())
                .put("totals", value(s.totals()))
                .build();
    }

    /** Some entries of the state: {@code accounts}, {@code operators}, {@code models}, {@code channels}, {@code audits}. */
    public static Optional<Json.Obj> list(State s, String what) {
        return switch (what) {
            case "accounts" -> Optional.of(entries(what, s.accounts(), "address"));
            case "operators" -> Optional.of(entries(what, s.operators(), "address"));
            case "models" -> Optional.of(entries(what, s.models(), "model"));
            case "channels" -> Optional.of(entries(what, s.channels(), "channel"));
            case "audits" -> Optional.of(entries(what, s.audits(), "receipt"));
            default -> Optional.empty();
        };
    }

    /** The events of these blocks, oldest first; at most {@link #LIST_MAX}, of which the newest stay. */
    public static Json.Obj transactions(List<LiveLedger.BlockEvents> blocks) {
        List<Json> all = new ArrayList<>();
        for (LiveLedger.BlockEvents block : blocks) {
            all.addAll(events(block));
        }
        boolean isMore = all.size() > LIST_MAX;
        List<Json> newest = isMore ? all.subList(all.size() - LIST_MAX, all.size()) : all;
        return Json.object()
                .put("transactions", Json.of(List.copyOf(newest)))
                .put("more", isMore)
                .build();
    }

    /** The events of a block, in order. */
    public static List<Json.Obj> events(LiveLedger.BlockEvents block) {
        List<Json.Obj> all = new ArrayList<>();
        for (Event event : block.events()) {
            Json.Members json = Json.object()
                    .put("height", block.height())
                    .put("time_millis", block.timeMillis())
                    .put("event", snake(event.getClass().getSimpleName()));
            members((Record) event).forEach(json::put);
            all.add(json.build());
        }
        return all;
    }

    /** What {@code assay ledger} can show of this ledger: {@code status}, a list, or {@code transactions}. */
    public static Optional<Json.Obj> of(LiveLedger ledger, String what, long since) {
        return switch (what) {
            case "status" -> Optional.of(status(ledger));
            case "transactions" -> Optional.of(transactions(recent(ledger, since)));
            default -> list(ledger.state(), what);
        };
    }

    /** The blocks after a height, as far as their events are kept. */
    static List<LiveLedger.BlockEvents> recent(LiveLedger ledger, long since) {
        if (!(ledger instanceof EmbeddedLedger own)) {
            return List.of();
        }
        try {
            return own.eventsSince(since);
        } catch (IllegalArgumentException e) {
            return own.eventsSince(Math.max(since, own.eventsFrom() - 1));
        }
    }

    private static <V extends Record & Entry> Json.Obj entries(String what, StateMap<V> map, String keyName) {
        List<Json> all = new ArrayList<>();
        AtomicLong count = new AtomicLong();
        map.forEach(Key.ANY, (key, entry) -> {
            if (count.incrementAndGet() <= LIST_MAX) {
                all.add(entry(keyName, key, entry));
            }
        });
        return Json.object()
                .put(what, Json.of(all))
                .put("count", count.get())
                .put("more", count.get() > all.size())
                .build();
    }

    /**
     * One entry of a map: its key, then its members.
     *
     * @param keyName of the key; of its second half where an operator's address is the first
     */
    public static Json.Obj entry(String keyName, byte[] key, Record entry) {
        Json.Members json = Json.object();
        if (key.length == Address.SIZE_BYTES) {
            json.put(keyName, Address.ofBytes(key).toString());
        } else if (key.length == Hash.SIZE_BYTES) {
            json.put(keyName, HexFormat.of().formatHex(key));
        } else {
            json.put("operator", Key.operatorOf(key).toString());
            json.put(keyName, HexFormat.of().formatHex(key, Address.SIZE_BYTES, key.length));
        }
        members(entry).forEach(json::put);
        return json.build();
    }

    /** A record's members, named as everywhere here. */
    public static Map<String, Json> members(Record record) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (RecordComponent c : record.getClass().getRecordComponents()) {
            Object value = component(record, c);
            if (!(value instanceof Optional<?> none && none.isEmpty())) {
                members.put(snake(c.getName()) + (value instanceof Amount ? "_micro" : ""), value(value));
            }
        }
        return members;
    }

    private static Object component(Record record, RecordComponent c) {
        try {
            c.getAccessor().setAccessible(true);
            return c.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a record's accessor can be called", e);
        }
    }

    private static Json value(Object value) {
        return switch (value) {
            case Amount a -> Json.of(a.micro());
            case Hash h -> Json.of(h.hex());
            case Address a -> Json.of(a.toString());
            case Signature s -> Json.of(s.toString());
            case Optional<?> o -> value(o.orElseThrow());
            case List<?> list -> Json.of(list.stream().map(LedgerView::value).toList());
            case Record r -> {
                Json.Members json = Json.object();
                members(r).forEach(json::put);
                yield json.build();
            }
            case Enum<?> e -> Json.of(e.name());
            case Long n -> Json.of(n);
            case Integer n -> Json.of(n);
            case Boolean b -> new Json.Bool(b);
            default -> Json.of(value.toString());
        };
    }

    private static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }
}
