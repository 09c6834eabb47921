using LimoCha.Actors.Customers;

namespace LimoCha.Actors.Retention;

/// <summary>Fields of customers that are kept for one purpose alone, from when they were last given or used for it (sensitive ones, B5).</summary>
/// <param name="rows">Finds them.</param>
/// <param name="purpose">What they are kept for.</param>
/// <param name="column">Since when, in the customer's row.</param>
internal sealed class RetainedFields(OldRows rows, string purpose, string column) : IRetained
{
    public string Purpose => purpose;

    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var gone = 0;
        await foreach (var page in rows.PagesAsync("customer", column, $"{column} IS NOT NULL", before, cancellationToken))
        {
            gone += (await rows.AskAsync<ICustomerGrain>(page, (customer, token) => customer.ForgetUnusedAsync(purpose, before, token), cancellationToken)).Count;
        }

        return gone;
    }
}
