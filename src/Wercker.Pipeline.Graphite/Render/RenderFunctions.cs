using System.Collections.Frozen;

namespace Wercker.Pipeline.Graphite.Render;

/// <summary>The functions of graphite-web 1.1 and the aggregations that some of them name. A server may have more: the setting "functions" names those.</summary>
internal static class RenderFunctions
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "absolute", "add", "aggregate", "aggregateLine", "aggregateSeriesLists", "aggregateWithWildcards", "alias", "aliasByBase64", "aliasByMetric",
        "aliasByNode", "aliasByTags", "aliasQuery", "aliasSub", "alpha", "applyByNode", "areaBetween", "asPercent", "average", "averageAbove",
        "averageBelow", "averageOutsidePercentile", "averageSeries", "averageSeriesWithWildcards", "avg", "cactiStyle", "changed", "color",
        "compressPeriodicGaps", "consolidateBy", "constantLine", "count", "countSeries", "cumulative", "currentAbove", "currentBelow", "dashed",
        "delay", "derivative", "diff", "diffSeries", "diffSeriesLists", "divideSeries", "divideSeriesLists", "drawAsInfinite", "events", "exclude",
        "exp", "exponentialMovingAverage", "fallbackSeries", "filterSeries", "first", "grep", "group", "groupByNode", "groupByNodes", "groupByTags",
        "highest", "highestAverage", "highestCurrent", "highestMax", "hitcount", "holtWintersAberration", "holtWintersConfidenceArea",
        "holtWintersConfidenceBands", "holtWintersForecast", "identity", "integral", "integralByInterval", "interpolate", "invert", "isNonNull",
        "keepLastValue", "last", "legendValue", "limit", "linearRegression", "lineWidth", "log", "logit", "lowest", "lowestAverage", "lowestCurrent",
        "map", "mapSeries", "max", "maximumAbove", "maximumBelow", "maxSeries", "median", "min", "minimumAbove", "minimumBelow", "minMax",
        "minSeries", "mostDeviant", "movingAverage", "movingMax", "movingMedian", "movingMin", "movingSum", "movingWindow", "multiply",
        "multiplySeries", "multiplySeriesLists", "multiplySeriesWithWildcards", "nonNegativeDerivative", "nPercentile", "offset", "offsetToZero",
        "pct", "percentileOfSeries", "perSecond", "pow", "powSeries", "randomWalk", "randomWalkFunction", "range", "rangeOfSeries", "reduce",
        "reduceSeries", "removeAbovePercentile", "removeAboveValue", "removeBelowPercentile", "removeBelowValue", "removeBetweenPercentile",
        "removeEmptySeries", "round", "scale", "scaleToSeconds", "secondYAxis", "seriesByTag", "setXFilesFactor", "sigmoid", "sin", "sinFunction",
        "smartSummarize", "sortBy", "sortByMaxima", "sortByMinima", "sortByName", "sortByTotal", "squareRoot", "stacked", "stddev", "stddevSeries",
        "stdev", "substr", "sum", "summarize", "sumSeries", "sumSeriesLists", "sumSeriesWithWildcards", "threshold", "time", "timeFunction",
        "timeShift", "timeSlice", "timeStack", "toLowerCase", "total", "toUpperCase", "transformNull", "unique", "useSeriesAbove", "verticalLine",
        "weightedAverage", "xFilesFactor");

    public static bool Has(string name) => Known.Contains(name);

    /// <summary>The function that a misspelt one probably means; null when none is near.</summary>
    public static string? Nearest(string name) => Known.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? Known.Where(known => Math.Abs(known.Length - name.Length) <= 1).FirstOrDefault(known => IsNear(known, name));

    /// <summary>One letter more, less, or another, or two letters swapped.</summary>
    private static bool IsNear(string one, string other)
    {
        var prefix = one.AsSpan().CommonPrefixLength(other);
        var rest = one.AsSpan(prefix);
        var otherRest = other.AsSpan(prefix);
        return (rest.Length > 0 && otherRest.Length > 0 && rest[1..].SequenceEqual(otherRest[1..]))
            || (rest.Length > 0 && rest[1..].SequenceEqual(otherRest))
            || (otherRest.Length > 0 && rest.SequenceEqual(otherRest[1..]))
            || (rest.Length > 1 && otherRest.Length > 1 && rest[0] == otherRest[1] && rest[1] == otherRest[0] && rest[2..].SequenceEqual(otherRest[2..]));
    }
}
