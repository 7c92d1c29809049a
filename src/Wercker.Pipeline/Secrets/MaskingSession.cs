using System.Buffers;

namespace Wercker.Pipeline.Secrets;

/// <summary>The masking of one stream of bytes, cut anywhere. For one thread at a time.</summary>
/// <remarks>
/// The result does not depend on where the stream is cut. Held back is only what may be the beginning of a secret: fewer than 64 bytes, unless
/// escape sequences of a terminal stand between them. A secret that becomes known later is masked from the next byte on.
/// It fails closed: after a write that was torn by an exception nothing more comes out, because what follows may be the rest of a secret.
/// </remarks>
internal sealed class MaskingSession
{
    // Small enough to stay in the cache between the search and the copy.
    private const int BlockSize = 65536;
    private const int FirstTake = 512;
    private readonly SecretMasker _masker;
    private readonly BlockScanner _scanner = new();
    private readonly byte[] _before = new byte[TransparentView.Lookbehind];
    private int _beforeCount;
    private byte[] _held = [];
    private int _heldCount;
    private int _covered;
    private bool _afterMask;
    private bool _isTorn;
    private EscapeSequence _sequence;

    internal MaskingSession(SecretMasker masker) => _masker = masker;

    /// <summary>Takes some bytes and gives what is certain to hold no secret.</summary>
    /// <param name="input">The next bytes of the stream.</param>
    /// <param name="output">Takes the masked bytes.</param>
    public void Write(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_isTorn)
        {
            return;
        }

        _isTorn = true;
        Mask(input, output);
        _isTorn = false;
    }

    /// <summary>Ends the stream: gives what was held back. The session may then be used for another stream.</summary>
    /// <param name="output">Takes the masked bytes.</param>
    public void Complete(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!_isTorn)
        {
            Process(_masker.Matcher, _held.AsSpan(0, _heldCount), true, output);
        }

        Array.Clear(_held);
        Array.Clear(_before);
        (_heldCount, _beforeCount, _covered, _afterMask, _isTorn, _sequence) = (0, 0, 0, false, false, default);
    }

    private void Mask(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        var matcher = _masker.Matcher;
        while (_heldCount > 0 && !input.IsEmpty)
        {
            // Only as much as decides what is held back is copied to it; the rest is read where it is.
            var taken = Math.Min(input.Length, Math.Max(FirstTake, _heldCount));
            var held = _heldCount;
            Hold(input[..taken]);
            var decided = Process(matcher, _held.AsSpan(0, _heldCount), false, output);
            if (decided >= held && taken < input.Length)
            {
                _heldCount = 0;
                input = input[(decided - held)..];
            }
            else
            {
                _held.AsSpan(decided, _heldCount - decided).CopyTo(_held);
                _heldCount -= decided;
                input = input[taken..];
            }
        }

        while (!input.IsEmpty)
        {
            var block = input[..Math.Min(input.Length, BlockSize)];
            var decided = Process(matcher, block, false, output);
            if (block.Length == input.Length)
            {
                Hold(input[decided..]);
                return;
            }

            input = input[decided..];
        }
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_heldCount + bytes.Length > _held.Length)
        {
            Array.Resize(ref _held, Math.Max(FirstTake * 2, (_heldCount + bytes.Length) * 2));
        }

        bytes.CopyTo(_held.AsSpan(_heldCount));
        _heldCount += bytes.Length;
    }

    private int Process(PatternMatcher matcher, ReadOnlySpan<byte> block, bool final, IBufferWriter<byte> output)
    {
        var decided = _scanner.Scan(matcher, block, _before.AsSpan(0, _beforeCount), _sequence, final);
        var done = _covered;
        for (var i = 0; i < _scanner.Matches.Count; i++)
        {
            var (start, end) = _scanner.Matches[i];
            if (start >= decided)
            {
                break;
            }

            if (start > done)
            {
                output.Write(block[done..start]);
                _afterMask = false;
                done = start;
            }

            if (end > done)
            {
                // Secrets that touch or overlap are one mask: how many there were tells something about them.
                if (!_afterMask)
                {
                    output.Write("***"u8);
                    _afterMask = true;
                }

                done = end;
            }
        }

        if (done < decided)
        {
            output.Write(block[done..decided]);
            _afterMask = false;
        }

        _covered = Math.Max(0, done - decided);
        Remember(block[..decided]);
        return decided;
    }

    private void Remember(ReadOnlySpan<byte> decided)
    {
        if (_scanner.SawEscape)
        {
            _sequence = EscapeSequence.Advance(decided, _sequence);
        }

        var kept = Math.Max(0, Math.Min(_beforeCount, _before.Length - decided.Length));
        _before.AsSpan(_beforeCount - kept, kept).CopyTo(_before);
        var added = decided[^Math.Min(decided.Length, _before.Length - kept)..];
        added.CopyTo(_before.AsSpan(kept));
        _beforeCount = kept + added.Length;
    }
}
