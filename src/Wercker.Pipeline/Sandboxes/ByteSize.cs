using System.Globalization;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>Sizes as people say them. A KB has 1024 bytes, as it has for every container engine.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, double Factor)[] Units =
    [
        ("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("T", 1L << 40), ("G", 1L << 30), ("M", 1L << 20), ("K", 1L << 10), ("B", 1),
    ];

    /// <summary>"64 MB", "1.5 GB".</summary>
    public static string Of(long bytes)
    {
        var (unit, factor) = Units.Take(4).FirstOrDefault(unit => bytes >= unit.Factor, ("bytes", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor:0.##} {unit}");
    }

    /// <summary>Reads "64MB", "1.5 GB", "512k", or a number of bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var number = text.AsSpan().Trim();
        var factor = 1.0;
        foreach (var (unit, of) in Units)
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Length].TrimEnd();
                factor = of;
                break;
            }
        }

        var isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * factor is >= 1 and < 1L << 50;
        bytes = isNumber ? (long)(value * factor) : 0;
        return isNumber;
    }
}
