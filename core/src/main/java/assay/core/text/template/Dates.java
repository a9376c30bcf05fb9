package assay.core.text.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/** strftime of the request's date, in English, for the codes a A b B d e H I j m M p S y Y F T D R h n t and %. */
final class Dates {
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");

    private static final String TIME = "HIMpSTR";

    private Dates() {}

    /**
     * @param iso YYYY-MM-DD, or date and time as YYYY-MM-DDTHH:MM:SS; an offset or fraction may follow
     *     and is not used
     */
    static Str format(String iso, String format, Meter meter) {
        LocalDateTime date = parse(iso);
        if (format.length() > 1000) {
            throw Fault.unsupported("so long a date format");
        }
        meter.chars(format.length());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            i++;
            boolean bare = i < format.length() && format.charAt(i) == '-';
            if (bare) {
                i++;
            }
            if (iso.length() == 10 && i < format.length() && TIME.indexOf(format.charAt(i)) >= 0) {
                throw new Fault("strftime_now: the request has a date but no time of day");
            }
            String field = i < format.length() ? field(format.charAt(i), date) : null;
            if (field == null || (bare && !Characters.isAsciiDigit(field.charAt(0)))) {
                throw Fault.unsupported("the date format " + Printing.quoted(format));
            }
            out.append(bare ? field.replaceFirst("^0+(?=.)", "") : field);
        }
        meter.string(out.length());
        return Str.untrusted(out.toString());
    }

    private static LocalDateTime parse(String iso) {
        String text = iso.length() == 10 ? iso + "T00:00:00" : iso.substring(0, Math.min(19, iso.length()));
        try {
            if (text.length() == 19 && Characters.isAscii(text)) {
                return LocalDateTime.parse(text);
            }
        } catch (DateTimeParseException e) {
            // Falls through: the form is right and the day or time is none.
        }
        throw new Fault("the date of the request is not like 2026-01-31T23:59:59: " + Printing.quoted(iso));
    }

    private static @org.jspecify.annotations.Nullable String field(char code, LocalDateTime date) {
        String day = DAYS.get(date.getDayOfWeek().getValue() - 1);
        String month = MONTHS.get(date.getMonthValue() - 1);
        int hour12 = date.getHour() % 12 == 0 ? 12 : date.getHour() % 12;
        return switch (code) {
            case 'a' -> day.substring(0, 3);
            case 'A' -> day;
            case 'b', 'h' -> month.substring(0, 3);
            case 'B' -> month;
            case 'd' -> two(date.getDayOfMonth());
            case 'e' -> (date.getDayOfMonth() < 10 ? " " : "") + date.getDayOfMonth();
            case 'H' -> two(date.getHour());
            case 'I' -> two(hour12);
            case 'j' -> (date.getDayOfYear() < 100 ? "0" : "") + two(date.getDayOfYear());
            case 'm' -> two(date.getMonthValue());
            case 'M' -> two(date.getMinute());
            case 'p' -> date.getHour() < 12 ? "AM" : "PM";
            case 'S' -> two(date.getSecond());
            case 'y' -> two(date.getYear() % 100);
            case 'Y' -> Integer.toString(date.getYear());
            case 'F' -> date.getYear() + "-" + two(date.getMonthValue()) + "-" + two(date.getDayOfMonth());
            case 'T' -> two(date.getHour()) + ":" + two(date.getMinute()) + ":" + two(date.getSecond());
            case 'R' -> two(date.getHour()) + ":" + two(date.getMinute());
            case 'D' -> two(date.getMonthValue()) + "/" + two(date.getDayOfMonth()) + "/" + two(date.getYear() % 100);
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> null;
        };
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }
}
