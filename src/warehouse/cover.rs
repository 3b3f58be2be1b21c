//! A table as a question reads it: numbers that can only be a person's are covered as they leave the table, below every
//! filter, join and function of the question, so that none of these has them to probe or to take apart.

use super::veil::{Cover, NUMBER_CHARS_MIN, cover_array, holds_text};
use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column as LogicalColumn, Result, exec_err};
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TableProviderFilterPushDown, TableType, Volatility,
};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The table with every text covered. What a question filters by is compared with the covered text: a filter that the plan
/// moves below the cover takes the cover with it. Only what the cover cannot change goes to the table itself, so that it need
/// not be read whole: conditions on columns without text, and a text that is to equal one too short for a number.
pub fn cover_table(table: Arc<dyn TableProvider>, cover: Arc<Cover>) -> Arc<dyn TableProvider> {
    let function = Arc::new(ScalarUDF::from(Covered { cover, signature: Signature::any(1, Volatility::Immutable) }));
    Arc::new(CoveredTable { table, function })
}

#[derive(Debug)]
struct CoveredTable {
    table: Arc<dyn TableProvider>,
    function: Arc<ScalarUDF>,
}

#[async_trait]
impl TableProvider for CoveredTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    /// No filter is left to the table alone.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let schema = self.schema();
        let of_table = self.table.supports_filters_pushdown(filters)?;
        let told = filters.iter().zip(of_table).map(|(filter, of_table)| match of_table {
            TableProviderFilterPushDown::Unsupported => TableProviderFilterPushDown::Unsupported,
            _ if is_same_covered(filter, &schema) => TableProviderFilterPushDown::Inexact,
            _ => TableProviderFilterPushDown::Unsupported,
        });
        Ok(told.collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let same: Vec<Expr> = filters.iter().filter(|filter| is_same_covered(filter, &schema)).cloned().collect();
        let scan = self.table.scan(state, projection, &same, limit).await?;
        let schema = scan.schema();
        if !schema.fields().iter().any(|field| holds_text(field.data_type())) {
            return Ok(scan);
        }
        let config = Arc::new(state.config_options().clone());
        let columns = schema.fields().iter().enumerate().map(|(at, field)| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), at));
            let shown = match holds_text(field.data_type()) {
                true => {
                    let (function, config) = (self.function.clone(), config.clone());
                    Arc::new(ScalarFunctionExpr::new(NAME, function, vec![column], field.clone(), config))
                }
                false => column,
            };
            ProjectionExpr::new(shown, field.name().clone())
        });
        let covered = ProjectionExec::try_new(columns.collect::<Vec<_>>(), scan.clone())?;
        // Within the scan itself where that is possible, so that rows come in the order that they would come in without it.
        Ok(scan.try_swapping_with_projection(&covered)?.unwrap_or_else(|| Arc::new(covered)))
    }
}

/// Whether a condition holds of a table's rows as it holds of the same rows covered.
fn is_same_covered(condition: &Expr, schema: &SchemaRef) -> bool {
    let holds_no_text = |column: &&LogicalColumn| {
        schema.field_with_name(&column.name).is_ok_and(|field| !holds_text(field.data_type()))
    };
    let is_short = |value: &Expr| match value {
        Expr::Literal(value, _) => {
            matches!(value.try_as_str(), Some(Some(text)) if text.chars().count() < NUMBER_CHARS_MIN)
        }
        _ => false,
    };
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => match (&**left, &**right) {
            (Expr::Column(_), value) | (value, Expr::Column(_)) if is_short(value) => true,
            _ => condition.column_refs().iter().all(holds_no_text),
        },
        Expr::InList(InList { expr, list, negated: false }) if matches!(**expr, Expr::Column(_)) => {
            list.iter().all(is_short) || condition.column_refs().iter().all(holds_no_text)
        }
        _ => condition.column_refs().iter().all(holds_no_text),
    }
}

const NAME: &str = "covered";

/// The cover as the engine calls it. No question can name it.
#[derive(Debug)]
struct Covered {
    cover: Arc<Cover>,
    signature: Signature,
}

/// One plan has one cover.
impl PartialEq for Covered {
    fn eq(&self, other: &Covered) -> bool {
        Arc::ptr_eq(&self.cover, &other.cover)
    }
}

impl Eq for Covered {}

impl Hash for Covered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        NAME.hash(state);
    }
}

impl ScalarUDFImpl for Covered {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, of: &[DataType]) -> Result<DataType> {
        match of {
            [kind] => Ok(kind.clone()),
            _ => exec_err!("one column"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Array(texts)] => Ok(ColumnarValue::Array(cover_array(texts, &self.cover)?)),
            [ColumnarValue::Scalar(text)] => {
                let covered = cover_array(&text.to_array_of_size(1)?, &self.cover)?;
                Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&covered, 0)?))
            }
            _ => exec_err!("one column"),
        }
    }
}
