using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PhoneNumbers;

namespace LimoCha.Actors.Customers;

/// <summary>A list of customers.</summary>
public sealed class CustomerListRequest : ListRequest
{
    /// <summary>Looked after by this person.</summary>
    [FromQuery(Name = "ownerId")] public Guid? OwnerId { get; init; }
    /// <summary>Of this department.</summary>
    [FromQuery(Name = "departmentId")] public Guid? DepartmentId { get; init; }
    /// <summary>From this source.</summary>
    [FromQuery(Name = "source")] public string? Source { get; init; }
}

/// <summary>Customers and the recycle bin: /customers, /recycle-bin.</summary>
public static class CustomersApi
{
    private const string DefaultRegion = "CN";

    private static readonly Dictionary<string, SortKey<CustomerRow>> Sorts = new()
    {
        ["createdAt"] = new("id", row => row.Id),
        ["updatedAt"] = new("updated_at", row => row.UpdatedAt),
        ["name"] = new("name", row => row.Name),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapCustomersApi(this RouteGroupBuilder api)
    {
        var customers = api.MapGroup("/customers").WithTags("Customers").RequireAuthorization(Policies.Staff);
        customers.MapPost("", CreateAsync).WithSummary("Makes a customer; the caller looks after them unless another is named.");
        customers.MapGet("", (
            [AsParameters] CustomerListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
            ListAsync(request, deleted: false, call, context, database, clock, cancellationToken)).WithName("listCustomers").WithSummary("Customers the caller may see; contact data is masked for those who do not look after them.");
        customers.MapGet("/{id:guid}", GetAsync).WithSummary("A customer, as it is now.");
        customers.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Changes what is given.");
        customers.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Puts a customer into the recycle bin.");
        customers.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Takes a customer out of the recycle bin.");

        api.MapGet("/recycle-bin", (
            [AsParameters] CustomerListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
            ListAsync(request, deleted: true, call, context, database, clock, cancellationToken))
            .WithTags("Customers").RequireAuthorization(Policies.Staff).WithName("listRecycleBin").WithSummary("Deleted customers the caller may see (客户回收站).");
        return api;
    }

    /// <summary>A phone number in E.164; a refusal for what is none. Numbers without a country code are Chinese.</summary>
    internal static Outcome<SaveCustomer> Normalize(SaveCustomer command)
    {
        if (string.IsNullOrWhiteSpace(command.Phone))
        {
            return Outcome.Of(command with { Phone = null }, 0);
        }

        var phones = PhoneNumberUtil.GetInstance();
        try
        {
            var number = phones.Parse(command.Phone, DefaultRegion);
            return phones.IsPossibleNumber(number)
                ? Outcome.Of(command with { Phone = phones.Format(number, PhoneNumberFormat.E164) }, 0)
                : Refusal.Invalid("phone", "Phone is not a number that can be called; write it as 13800138000 or +8613800138000.");
        }
        catch (NumberParseException)
        {
            return Refusal.Invalid("phone", "Phone is not a phone number; write it as 13800138000 or +8613800138000.");
        }
    }

    private static async Task<Results<Created<CustomerView>, ProblemHttpResult>> CreateAsync(SaveCustomer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Normalize(command) is var input && !input.Ok
            ? Problems.From(input.Refusal)
            : (await grains.Grain<ICustomerGrain>(call.NewId()).CreateAsync(input.Value, call.Context, cancellationToken))
                .Created(context, customer => $"/api/v1/customers/{customer.Id}");

    private static async Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> ListAsync(
        CustomerListRequest request, bool deleted, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var by = call.By;
        var query = new ListQuery<CustomerRow>(database, "customer", ReadTables.Customer.Columns, Sorts)
            .Where(deleted ? "deleted_at IS NOT NULL" : "deleted_at IS NULL")
            .WhereIf(request.OwnerId, "owner_id = @ownerId", "ownerId")
            .WhereIf(request.DepartmentId, "department_id = @departmentId", "departmentId")
            .WhereIf(request.Source, "source = @source", "source")
            .Search(request.Q, "name", "company");
        if (!by.SeesAll)
        {
            var managed = by is { Role: Role.Manager, DepartmentId: not null };
            query.Where(managed ? "(owner_id = @me OR department_id = @mine)" : "owner_id = @me", "me", by.UserId);
            if (managed)
            {
                query.Where("1 = 1", "mine", by.DepartmentId);
            }
        }

        return (await query.ReadAsync(request, "-createdAt", row => CustomerProjection.View(row, by), clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveCustomer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Normalize(command) is var input && !input.Ok
            ? Problems.From(input.Refusal)
            : (await grains.Grain<ICustomerGrain>(id).ChangeAsync(input.Value, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> DeleteAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).DeleteAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> RestoreAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).RestoreAsync(call.Context, cancellationToken)).Ok(context);
}
