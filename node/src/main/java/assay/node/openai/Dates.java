package assay.node.openai;

import assay.node.http.ApiError;
import java.time.DateTimeException;
import java.time.LocalDate;

/** Dates in requests. */
final class Dates {
    private Dates() {}

    /** The text itself, if it is a day of the calendar written yyyy-MM-dd. */
    static String checked(String path, String text) throws ApiError {
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return LocalDate.parse(text).toString();
            }
        } catch (DateTimeException e) {
            // Falls through: the form is right and the day is none.
        }
        throw ApiError.invalidValue(path, "Invalid value for '" + path + "': expected a day as yyyy-MM-dd.");
    }
}
