using LimoCha.Actors.Audit;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Customers;

/// <summary>Lists of customers: found in the read model by what is open and by blind index, their names opened a page at a time.</summary>
internal sealed class CustomerLists(Database database, BlindIndex index, ISubjectKeys keys, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>A page of what the caller may see; that they saw it is in the audit trail before they do.</summary>
    public async Task<Outcome<Page<CustomerView>>> ReadAsync(CustomerFilter filter, ListRequest request, FindCustomers find, bool deleted, Actor by, IReadOnlyDictionary<string, SortKey<CustomerRow>> sorts, CancellationToken cancellationToken)
    {
        var phone = find.Phone is { Length: > 4 } ? PhoneInputs.Normalize(find.Phone, "phone") : Outcome.Of(new PhoneInput(find.Phone), 0);
        if (!phone.Ok)
        {
            return phone.Refusal;
        }

        var query = new ListQuery<CustomerRow>(database, "customer", ReadTables.Customer.Columns, sorts)
            .Where(deleted ? "deleted_at IS NOT NULL AND erased_at IS NULL" : "deleted_at IS NULL")
            .WhereIf(filter.OwnerId, "owner_id = @ownerId", "ownerId")
            .WhereIf(filter.DepartmentId, "department_id = @departmentId", "departmentId")
            .WhereIf(filter.Source, "source = @source", "source")
            .WhereIf(index.Email(find.Email), "email_index = @email", "email")
            .Exact(phone.Value.Number, "phone_index", index.Phone, "phone_last4_index", index.PhoneLast4)
            .Exact(find.IdentityNumber, "identity_index", index.IdentityNumber, "identity_last4_index", index.IdentityLast4);
        if (!string.IsNullOrWhiteSpace(request.Q))
        {
            query.SearchIndexed(request.Q, "company", index.Query(request.Q), "name_tokens");
        }

        if (!by.SeesAll)
        {
            var managed = by is { Role: Role.Manager, DepartmentId: not null };
            query.Where(managed ? "(owner_id = @me OR department_id = @mine)" : "owner_id = @me", "me", by.UserId);
            if (managed)
            {
                query.Where("1 = 1", "mine", by.DepartmentId);
            }
        }

        var page = await query.ReadAsync(request, "-createdAt", rows => OpenAsync(rows, request.Q, cancellationToken), clock, cancellationToken);
        if (page.Ok)
        {
            AuditEntry entry = new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = by.UserId, Action = "customer.list", Classes = [DataClass.Identity], Count = page.Value.Items.Count };
            await grains.AuditAsync(by.UserId, [entry], cancellationToken);
        }

        return page;
    }

    private async Task<IReadOnlyList<CustomerView>> OpenAsync(IReadOnlyList<CustomerRow> rows, string? q, CancellationToken cancellationToken)
    {
        var found = await keys.FindAsync(rows.Where(row => row.Sealed is not null).Select(row => Sealing.KeyOf(row.Sealed!)), cancellationToken);
        var views = rows.Select(row => CustomerProjection.View(row, row.Sealed is { } text ? found.GetValueOrDefault(Sealing.KeyOf(text)) : null));
        // Names with the same pairs of characters in another order are not what was looked for.
        return [.. views.Where(view => string.IsNullOrWhiteSpace(q) || Contains(view.Name, q) || Contains(view.Company, q))];
    }

    private static bool Contains(string? text, string q) => text?.Contains(q.Trim(), StringComparison.OrdinalIgnoreCase) == true;
}
