//! The arithmetic of this room offered to SQL: one aggregate and two window functions.

use super::places::{Score, rank_lower, rank_upper};
use super::ratio::{COMPLETION_SCALE, Part, weighted_completion};
use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array};
use arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{
    AccumulatorArgs, PartitionEvaluatorArgs, StateFieldsArgs, WindowUDFFieldArgs,
};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
};
use datafusion::prelude::SessionContext;
use std::sync::Arc;

const PRECISION: u8 = 20;

/// Offers the functions to a session.
pub fn register(context: &SessionContext) {
    context.register_udaf(AggregateUDF::from(WeightedCompletion::new()));
    context.register_udwf(WindowUDF::from(Place::new("rank_lower", true)));
    context.register_udwf(WindowUDF::from(Place::new("rank_upper", false)));
}

/// `weighted_completion(numerator, denominator, weight)`: decimal(20, 12); see [`weighted_completion`].
#[derive(Debug, PartialEq, Eq, Hash)]
struct WeightedCompletion {
    signature: Signature,
}

impl WeightedCompletion {
    fn new() -> Self {
        let bigint = DataType::Int64;
        let signature = Signature::exact(vec![bigint.clone(), bigint.clone(), bigint], Volatility::Immutable);
        Self { signature }
    }
}

impl AggregateUDFImpl for WeightedCompletion {
    fn name(&self) -> &str {
        "weighted_completion"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Decimal128(PRECISION, COMPLETION_SCALE as i8))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Parts::default()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let item = Field::new_list_field(DataType::Int64, true);
        let list = |name: &str| {
            Arc::new(Field::new(format!("{}[{name}]", args.name), DataType::List(Arc::new(item.clone())), true))
        };
        Ok(vec![list("numerators"), list("denominators"), list("weights")])
    }
}

#[derive(Debug, Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, numerators: &Int64Array, denominators: &Int64Array, weights: &Int64Array) {
        for i in 0..numerators.len() {
            if numerators.is_valid(i) && denominators.is_valid(i) && weights.is_valid(i) {
                self.0.push(Part {
                    numerator: numerators.value(i),
                    denominator: denominators.value(i),
                    weight: weights.value(i),
                });
            }
        }
    }
}

impl Accumulator for Parts {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [n, d, w] = values else { return exec_err!("weighted_completion takes three arguments") };
        self.add(n.as_primitive(), d.as_primitive(), w.as_primitive());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Decimal128(weighted_completion(&self.0), PRECISION, COMPLETION_SCALE as i8))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.capacity() * size_of::<Part>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |value: fn(&Part) -> i64| {
            let items: Vec<ScalarValue> = self.0.iter().map(|p| ScalarValue::Int64(Some(value(p)))).collect();
            ScalarValue::List(ScalarValue::new_list_nullable(&items, &DataType::Int64))
        };
        Ok(vec![list(|p| p.numerator), list(|p| p.denominator), list(|p| p.weight)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [n, d, w] = states else { return exec_err!("weighted_completion has three states") };
        let (n, d, w) = (n.as_list::<i32>(), d.as_list::<i32>(), w.as_list::<i32>());
        for i in 0..n.len() {
            let (n, d, w) = (n.value(i), d.value(i), w.value(i));
            self.add(n.as_primitive::<Int64Type>(), d.as_primitive::<Int64Type>(), w.as_primitive::<Int64Type>());
        }
        Ok(())
    }
}

/// `rank_lower(score_lower, score_upper) over (…)` and `rank_upper(…)`: bigint; see the room `places`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Place {
    name: &'static str,
    is_best: bool,
    signature: Signature,
}

impl Place {
    fn new(name: &'static str, is_best: bool) -> Self {
        let score = DataType::Decimal128(PRECISION, COMPLETION_SCALE as i8);
        Self { name, is_best, signature: Signature::exact(vec![score.clone(), score], Volatility::Immutable) }
    }
}

impl WindowUDFImpl for Place {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Places { is_best: self.is_best }))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), DataType::Int64, true)))
    }
}

#[derive(Debug)]
struct Places {
    is_best: bool,
}

impl PartitionEvaluator for Places {
    fn evaluate_all(&mut self, values: &[ArrayRef], _rows: usize) -> Result<ArrayRef> {
        let [lower, upper] = values else { return exec_err!("a place takes two scores") };
        let (lower, upper): (&Decimal128Array, &Decimal128Array) =
            (lower.as_primitive::<Decimal128Type>(), upper.as_primitive::<Decimal128Type>());
        let scores: Vec<Score> = lower.iter().zip(upper.iter()).map(|(l, u)| l.zip(u)).collect();
        let places = if self.is_best { rank_lower(&scores) } else { rank_upper(&scores) };
        Ok(Arc::new(Int64Array::from(places)))
    }
}
