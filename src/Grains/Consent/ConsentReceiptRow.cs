using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>An answer's receipt in the read model.</summary>
[NotPersonal]
public sealed record ConsentReceiptRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid SubjectId { get; init; }
    public string Purpose { get; init; } = "";
    public DataClass? DataClass { get; init; }
    public ConsentState State { get; init; }
    public DateTimeOffset At { get; init; }
    public string Jws { get; init; } = "";

    /// <summary>The row of a receipt.</summary>
    public static ConsentReceiptRow Of(ConsentReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return new()
        {
            Id = receipt.Id, Version = 1, SubjectId = receipt.SubjectId, Purpose = receipt.Purpose, DataClass = receipt.DataClass, State = receipt.State, At = receipt.At, Jws = receipt.Jws,
        };
    }
}
