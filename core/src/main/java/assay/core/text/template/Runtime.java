package assay.core.text.template;

/** The parts of one rendering that share its meter. */
record Runtime(
        Meter meter,
        Printing printing,
        Comparisons comparisons,
        Arithmetic arithmetic,
        Iteration iteration,
        StringMethods strings,
        Members members) {
    static Runtime of(Limits limits) {
        Meter meter = new Meter(limits);
        Printing printing = new Printing(meter);
        Comparisons comparisons = new Comparisons(meter);
        Iteration iteration = new Iteration(meter);
        StringMethods strings = new StringMethods(meter, printing, iteration);
        return new Runtime(
                meter,
                printing,
                comparisons,
                new Arithmetic(meter, printing),
                iteration,
                strings,
                new Members(meter, comparisons, strings));
    }
}
